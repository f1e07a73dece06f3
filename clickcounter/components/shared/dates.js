/* Times in the zone and the language of whoever looks. */

export const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";

const language = () => document.documentElement.lang || "en";

const clock = (ms) => new Date(ms).toLocaleTimeString(language(), { hour: "numeric", minute: "2-digit" });

export const date = (ms) => new Date(ms).toLocaleDateString(language(), { day: "numeric", month: "short" });

export const moment = (ms) => `${date(ms)}, ${new Date(ms).toLocaleTimeString(language())}`;

/** A stretch of time by its beginning. A day that begins at midnight by the clock needs no time. */
export const named = (start, width) => (width === "day" || width === "week" ? date(start) : clock(start));
