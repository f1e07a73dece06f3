/* Moments as a datetime-local input has them: in local time, to the minute. */

const MINUTE = 60_000; // ms

/** The input's text for a moment. */
export const toLocalInput = (moment) => {
  const offset = new Date(moment).getTimezoneOffset() * MINUTE;
  return new Date(moment - offset).toISOString().slice(0, 16);
};

/** The moment of an input's text; NaN if it is empty. */
export const fromLocalInput = (text) => new Date(text).getTime();
