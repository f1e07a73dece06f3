/* What keys do on a counter's page without having been learnt. Pure functions. */

/** Where keys belong to what has the focus. */
export const KEEPS_KEYS = "input, textarea, select, [contenteditable], dialog, [popover]";

/** What a key does: press, minus or undo; null if nothing. */
export const actionOf = ({ key, code }) => {
  if (code === "Space" || code === "Enter" || code === "NumpadEnter") return "press";
  if (key === "-" || key === "−" || code === "NumpadSubtract") return "minus";
  return code === "KeyU" ? "undo" : null; // the physical key, whatever the alphabet
};

/** The same for a key that can be learnt, by its name (inputs.js); and "place" for a digit, which presses a board's counter. */
export const builtInOf = (input) => {
  const code = input.replace(/^key:/, "");
  if (/^(Digit|Numpad)[1-9]$/.test(code)) return "place";
  return actionOf({ code, key: code === "Minus" ? "-" : code });
};
