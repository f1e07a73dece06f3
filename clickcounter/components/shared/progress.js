/* How far a counter is on its way to its upper limit, or to its goal if it has no limit. Pure functions. */

/** `share` is 0 to 1, or null where there is nothing to show; `state` is free, near (a warning is due), reached or full;
 * `target` is the limit or the goal, `warnings` counts the warnings that are due. */
export const progressOf = (value, { upper = null, goal = null, warn_at: warnAt = [] }) => {
  const target = upper ?? goal;
  if (target === null) return { share: null, state: "free", target, left: null, warnings: 0 };
  const share = target > 0 ? Math.min(1, Math.max(0, value / target)) : null;
  if (value >= target) {
    const state = upper === null ? "reached" : "full";
    return { share: share === null ? null : 1, state, target, left: target - value, warnings: Infinity };
  }
  const near = share !== null && share * 100 >= Math.min(...warnAt, 100);
  const warnings = warnAt.filter((percent) => share * 100 >= percent).length;
  return { share, state: near ? "near" : "free", target, left: target - value, warnings };
};

/** The sentence for it, a text with its values; null where there is nothing to say. */
export const progressText = (value, { state, target, left }, texts) => {
  const text = { near: texts.left_of, reached: texts.reached, full: texts.full_of }[state];
  return text ? { text, n: state === "near" ? left : value, of: target ?? 0 } : null;
};
