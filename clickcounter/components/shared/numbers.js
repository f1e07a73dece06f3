/* Numbers as people read and write them. */

export const formatNumber = (n) => String(n).replace("-", "−").replace(/\B(?=(\d{3})+$)/g, "\u00a0");

/** With its sign, for something that is added. */
export const formatSigned = (n) => (n > 0 ? "+" : "") + formatNumber(n);

// Digits, or groups of three with one kind of separator: "1.000" is a thousand; "1.5" and "0.125" are no whole numbers.
const WHOLE = /^([+-]?) ?(\d{1,16}|[1-9]\d{0,2}(?:([ .,'’_])\d{3})(?:\3\d{3}){0,4})$/;

/** A whole number as people write it; null if nothing is written, NaN if it is not a whole number. */
export const parseWholeNumber = (text) => {
  const written = text.trim().replace(/\s/g, " ").replace("−", "-");
  if (!written) return null;
  const [, sign, digits] = WHOLE.exec(written) ?? [];
  return digits ? Number(sign + digits.replace(/\D/g, "")) : NaN;
};
