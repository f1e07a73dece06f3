/* Numbers as people read and write them. */

export const formatNumber = (n) => String(n).replace("-", "−").replace(/\B(?=(\d{3})+$)/g, "\u00a0");

/** With its sign, for something that is added. */
export const formatSigned = (n) => (n > 0 ? "+" : "") + formatNumber(n);

/** A whole number as people write it; null if nothing is written, NaN if it is not a whole number. */
export const parseWholeNumber = (text) => {
  const digits = text.replace(/[\s\u00a0\u202f_.,']/g, "").replace("−", "-");
  if (!digits) return null;
  return /^[+-]?\d{1,16}$/.test(digits) ? Number(digits) : NaN;
};
