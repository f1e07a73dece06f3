/* How often a screen reader is told of others' presses. Kept in this device's storage, which may be blocked, or hold anything. */
const KEY = "clickcounter.announcements";

export const PACES = [0, 2, 5, 15, 60]; // s from one sum to the next; 0: they are not told
const USUAL = 5;

let chosen = null; // where nothing can be stored, it holds until the page is closed

export const parse = (text) => PACES.find((pace) => String(pace) === text) ?? USUAL;

const stored = () => {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
};

export const pace = () => parse(stored() ?? chosen);

export const setPace = (seconds) => {
  chosen = String(seconds);
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // storage is blocked or full
  }
};
