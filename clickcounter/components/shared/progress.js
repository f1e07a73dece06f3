/* How far a counter is on its way to its upper limit, or to its goal where it has no limit; which presses it takes. Pure. */

/** `share` is 0 to 1, or null where there is no way to show; `state` is free, near (a warning is due), reached or full;
 * `passed` counts the warnings that are due. */
export const wayOf = (value, { upper = null, goal = null, warn_at: warnAt = [] }) => {
  const of = upper ?? goal;
  if (of === null) return { share: null, state: "free", of, left: null, passed: 0 };
  const share = of > 0 ? Math.min(1, Math.max(0, value / of)) : null;
  const there = value >= of;
  const near = share !== null && share * 100 >= Math.min(...warnAt, 100);
  const state = there ? (upper === null ? "reached" : "full") : near ? "near" : "free";
  return { share: there && share !== null ? 1 : share, state, of, left: of - value, passed: there ? Infinity : warnAt.filter((percent) => share * 100 >= percent).length };
};

/** The sentence for it in both languages, or null where nothing has to be said. `say` writes a number. */
export const wordsOf = (value, { state, of, left }, texts, say) => {
  const said = { near: texts.left_of, reached: texts.reached, full: texts.full_of }[state];
  const numbers = { n: say(state === "near" ? left : value), of: say(of ?? 0) };
  const fill = (text) => text.replace(/\{(\w+)\}/g, (_, name) => numbers[name]);
  return said ? { ru: fill(said.ru), en: fill(said.en) } : null;
};

/** The server shows nothing of this counter to this browser: it is not there, or not for whoever looks. */
export const isGone = (problem) => problem?.code === "no_counter" || problem?.code === "members_only";

/** Whether whoever looks may press. Until the server has told, whoever may not is kept from it where not everybody may. */
export const mayPress = ({ about, rights }) => rights?.press ?? (about?.press ?? "anyone") === "anyone";

/** Whether a press of this amount may be made at all; the server decides about the ones that others made impossible. */
export const takes = ({ about, known, problem, rights, value }, amount) => {
  if (!known || isGone(problem) || about?.archived || !mayPress({ about, rights })) return false;
  if (amount > 0) return about?.upper == null || value < about.upper;
  return about?.lower == null || value + amount >= about.lower;
};
