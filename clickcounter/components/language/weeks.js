/* On which day weeks start; Monday is 1. */
import { kept } from "./choice.js";
import { locale } from "./languages.js";

/** What is usual for the language and region, or null where the browser does not say: the server knows it, too. */
export const usualFirstWeekday = () => {
  const here = new Intl.Locale(locale());
  return (here.getWeekInfo?.() ?? here.weekInfo)?.firstDay ?? null;
};

export const firstWeekday = () => (kept("week") ? Number(kept("week")) : usualFirstWeekday());

/** Days of the week, of which Monday comes first, in the order in which they are usual here. */
export const inWeekOrder = (days) => {
  const first = (firstWeekday() ?? 1) - 1;
  return [...days.slice(first), ...days.slice(0, first)];
};
