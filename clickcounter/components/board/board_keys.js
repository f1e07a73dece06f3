/* Keys of a board: 1 to 9 press the first nine counters and 0 the tenth; with Shift they subtract, as − does from the counter
 * that was pressed last. U undoes.
 *
 * A key is known by its place on the keyboard: on a French one, digits need Shift.
 */

const KEEPS_KEYS = "input, textarea, select, [contenteditable], dialog, [popover]";
const DIGIT = /^(?:Digit|Numpad)(\d)$/;

/** The key of the counter at this place, or null. */
export const keyOf = (index) => (index < 9 ? String(index + 1) : index === 9 ? "0" : null);

/** What a key means: { index, sign } of a counter, { undo: true }, { minus: true }, or null. The numeric pad's digits are arrows
 * where it is locked; with Shift they are arrows on Windows, which then hides the Shift: − subtracts there. */
export const meaningOf = ({ code = "", key, shiftKey }) => {
  const [, digit] = DIGIT.exec(code) ?? [];
  if (digit && code.startsWith("Numpad") && key !== digit && !shiftKey) return null;
  if (digit) return { index: digit === "0" ? 9 : Number(digit) - 1, sign: shiftKey ? -1 : 1 };
  if (key === "-" || key === "−" || code === "NumpadSubtract") return { minus: true };
  return code === "KeyU" ? { undo: true } : null;
};

/** Calls `act(meaning)` for each press of such a key, wherever it means nothing else. Returns a function that stops that. */
export const listenToKeys = (act) => {
  const onKeyDown = (event) => {
    const meaning = meaningOf(event);
    if (!meaning || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest?.(KEEPS_KEYS)) return;
    event.preventDefault();
    if (!event.repeat) act(meaning);
  };
  addEventListener("keydown", onKeyDown);
  return () => removeEventListener("keydown", onKeyDown);
};
