/* How this device signals what happens. Kept in its storage, which may be blocked, or hold anything. */
const KEY = "clickcounter.feedback";

export const KINDS = ["plus", "minus", "refused", "unsaved", "near", "reached"];
export const PACES = [0, 1, 5, 10, 25, 100]; // presses from one spoken number to the next; 0: none is spoken

/** The settings in a stored text; what is missing or no setting is off. */
export const parse = (text) => {
  let found = null;
  try {
    found = JSON.parse(text);
  } catch {
    // somebody else's text
  }
  const { vibration, sound, flash, speech, silent } = Object(found);
  return {
    vibration: vibration === true,
    sound: sound === true,
    flash: flash === true,
    speech: PACES.includes(speech) ? speech : 0,
    silent: KINDS.filter((kind) => Array.isArray(silent) && silent.includes(kind)), // kinds that are not signalled
  };
};

const stored = () => {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
};

const listeners = new Set();
let current = null;

const set = (settings) => {
  current = settings;
  listeners.forEach((listener) => listener());
};

const start = () => {
  current = parse(stored());
  addEventListener("storage", ({ key, newValue }) => (key === KEY || key === null) && set(parse(newValue)));
};

export const settings = () => {
  if (!current) start();
  return current;
};

/** Change some of them. Where nothing can be stored, they hold until the page is closed. */
export const change = (fields) => {
  set({ ...settings(), ...fields });
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // storage is blocked or full
  }
  dispatchEvent(new Event("clickcounter:feedback"));
};

export const subscribe = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
