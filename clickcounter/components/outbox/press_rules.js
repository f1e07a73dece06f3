/* Which presses a counter accepts, as far as its page can tell. Pure functions. */

/** The server does not show this counter to this browser: it does not exist, or it is for members only. */
export const isUnavailable = (problem) => problem?.code === "no_counter" || problem?.code === "members_only";

/** Whether the viewer may press. Until the server has sent the rights: only if anyone may press. */
export const mayPress = ({ about, rights }) => rights?.press ?? (about?.press ?? "anyone") === "anyone";

/** Whether a press of this amount can be made now. The server decides again, as others press at the same time. */
export const canPress = ({ about, known, problem, rights, value }, amount) => {
  if (!known || isUnavailable(problem) || about?.archived || about?.group || !mayPress({ about, rights })) return false;
  if (amount > 0) return about?.upper == null || value < about.upper;
  return about?.lower == null || about.lets_leave || value + amount >= about.lower;
};
