/* Numbers as people read and write them. */
import { locale } from "../language/languages.js";

const formats = {};

/** Grouped as it is usual in the page's language, or in `lang`. */
export const formatNumber = (n, lang) => {
  const tag = locale(lang);
  formats[tag] ??= new Intl.NumberFormat(tag);
  return formats[tag].format(n || 0).replace("-", "−"); // not −0
};

/** What stands between the groups; "" is a gap. */
export const groupSign = () => formatNumber(10000).replace(/[\d\s]/g, "");

/** How many groups are set apart in a number of so many digits: in Spanish, none in one of four. */
export const groupsOf = (digits) =>
  digits < 4 || (digits === 4 && formatNumber(1000).length === 4) ? 0 : Math.floor((digits - 1) / 3);

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
