/* What this browser has learnt: which input does what, on which counter. Pure functions, and the browser's storage. */

export const STORAGE_KEY = "clickcounter.keys";
export const ACTIONS = ["plus", "minus", "undo"];
const MOST_KEYS = 100;
const LONGEST = 300; // characters of an input; names of devices come from their makers
const INPUT = /^(key:.+|headset:(playpause|nexttrack|previoustrack)|gamepad:(b\d+|a\d+[+-]):.*|midi:(note|cc|pc):\d+:\d+:.*)$/s;

export const NOTHING_LEARNT = { headset: false, keys: [] };

const isText = (value) => typeof value === "string" && value.length <= LONGEST;

/** A learnt input does its `action` on one `counter`, by its slug and with the `name` it had then; null is any that is open. */
const isLearnt = (key) =>
  isText(key?.input) &&
  INPUT.test(key.input) &&
  ACTIONS.includes(key.action) &&
  (key.counter === null || (isText(key.counter) && isText(key.name)));

/** From what is stored, which may be anything. An input that comes twice counts once. */
export const parse = (text) => {
  let stored = null;
  try {
    stored = JSON.parse(text);
  } catch {
    // nonsense: nothing was learnt
  }
  if (!Array.isArray(stored?.keys)) return NOTHING_LEARNT;
  const byInput = new Map(stored.keys.filter(isLearnt).map((key) => [key.input, key]));
  return { headset: stored.headset === true, keys: [...byInput.values()].slice(0, MOST_KEYS) };
};

export const findLearnt = ({ keys }, input) => keys.find((key) => key.input === input);

/** An input does one thing: what it did before, it does no more. The oldest goes where there are too many. */
export const learn = (learnt, key) => ({
  ...learnt,
  keys: [...learnt.keys.filter(({ input }) => input !== key.input), key].slice(-MOST_KEYS),
});

export const forget = (learnt, input) => ({ ...learnt, keys: learnt.keys.filter((key) => key.input !== input) });

/** Which counter of a page an input presses, and how; null if none. `current` is the one that the page is about, if any. */
export const pressOf = (learnt, input, { counters, current }) => {
  const key = findLearnt(learnt, input);
  const counter = key && (key.counter ?? current);
  return counter && counters.includes(counter) ? { counter, action: key.action } : null;
};

export const hasLearnt = (learnt, source) => learnt.keys.some(({ input }) => input.startsWith(`${source}:`));

export const load = () => {
  try {
    return parse(localStorage.getItem(STORAGE_KEY));
  } catch {
    return NOTHING_LEARNT; // storage is blocked
  }
};

/** Returns false if this browser stores nothing. */
export const store = (learnt) => {
  try {
    if (learnt.headset || learnt.keys.length) localStorage.setItem(STORAGE_KEY, JSON.stringify(learnt));
    else localStorage.removeItem(STORAGE_KEY);
    return true;
  } catch {
    return false;
  }
};
