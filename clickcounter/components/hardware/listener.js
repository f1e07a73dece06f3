/* Learnt keys and devices press the counters of this page. Loaded on a device that has learnt some, and by their dialog.
 *
 * A press takes the same way as the button's. Keys mean nothing to us while something on the page takes them; no device counts
 * while a dialog is open. Gamepads and MIDI reach every open page, so only the one in front counts them.
 */
import { press, pressMinus, undo } from "../counter/counter_provider.jsx";
import { KEEPS_KEYS } from "./built_in_keys.js";
import { createGamepads } from "./gamepads.js";
import { createHeadset } from "./headset.js";
import { inputOfKey, whyNot } from "./inputs.js";
import { STORAGE_KEY, hasLearnt, load, pressOf, store } from "./learnt_keys.js";
import { createMidi } from "./midi.js";

const NO_PAGE = { counters: [], current: null };
const PRESSES = { plus: (counter) => press(counter), minus: pressMinus, undo };
const ACTIVATES = /^(Space|Enter|NumpadEnter)$/; // what has the focus

let learnt = load();
let stored = true; // this browser keeps what it learns
let page = NO_PAGE;
let learner = null; // gets the next input instead of the page
let state = null; // what the dialog shows, made when it is asked for
const listeners = new Set();
const held = new Set(); // keys that are ours until they go up

const changed = () => {
  state = null;
  listeners.forEach((listener) => listener());
};

/** Returns false if this input presses nothing here. */
const pressWith = (input, really = true) => {
  const found = document.querySelector("dialog[open]") ? null : pressOf(learnt, input, page);
  if (found && really) PRESSES[found.action](found.counter);
  return !!found;
};

const receive = (input) => {
  if (learner) learner.onInput(input);
  else if (document.hasFocus() || input.startsWith("headset:")) pressWith(input);
};

const gamepads = createGamepads({
  onPress: receive,
  onChange: changed,
  isWanted: () => learner !== null || hasLearnt(learnt, "gamepad"),
});
const midi = createMidi({ onPress: receive, onChange: changed });
const headset = createHeadset({ onPress: receive, onChange: changed });

const take = (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
};

/** Space and Enter work on what has the focus; on the counter's button they may have been learnt to do something else. */
const activates = ({ target, code, key }) =>
  ACTIVATES.test(code || key) && target.closest?.("a, button, summary") && !target.closest(".sun");

const learnKey = (event) => {
  const input = inputOfKey(event);
  if (activates(event)) return;
  if (!input) return void (whyNot(event) && learner.onRefused(whyNot(event)));
  take(event);
  held.add(input);
  if (!event.repeat) learner.onInput(input);
};

const onKeyDown = (event) => {
  if (learner) return learnKey(event);
  const input = inputOfKey(event);
  if (!input || event.target.closest?.(KEEPS_KEYS) || activates(event) || !pressWith(input, !event.repeat)) return;
  take(event);
  held.add(input);
};

const onKeyUp = (event) => {
  const { key, code } = event;
  if (held.delete(inputOfKey({ key, code }))) take(event);
};

const startWanted = () => {
  gamepads.start();
  if (hasLearnt(learnt, "midi")) midi.reopen();
  if (learnt.headset) headset.start();
  else headset.stop();
};

let started = false;
const start = () => {
  if (started) return;
  started = true;
  addEventListener("keydown", onKeyDown, true);
  addEventListener("keyup", onKeyUp, true);
  addEventListener("blur", () => held.clear());
  addEventListener("storage", ({ key }) => {
    if (key !== STORAGE_KEY && key !== null) return;
    learnt = load();
    startWanted();
    changed();
  });
  startWanted();
};

/** Learnt keys press these `counters`, by their slugs; `current` is the one that the page is about, if any. Returns a function
 * that ends it. */
export const setPage = (now) => {
  start();
  page = now;
  return () => {
    if (page === now) page = NO_PAGE;
  };
};

/** `onInput(input)` gets what is pressed next, `onRefused(why)` why a key cannot be learnt. Returns a function that ends it. */
export const startLearning = (handlers) => {
  start();
  learner = handlers;
  gamepads.start();
  return () => {
    if (learner === handlers) learner = null;
  };
};

export const setLearnt = (now) => {
  learnt = now;
  stored = store(learnt);
  startWanted();
  changed();
  dispatchEvent(new Event("clickcounter:learnt"));
};

/** The person asked for them. */
export const openMidi = () => midi.open();

export const subscribe = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** What is learnt, and which devices there are. */
export const snapshot = () => {
  state ??= {
    learnt,
    stored,
    headset: headset.state(),
    midi: { state: midi.state(), names: midi.names() },
    gamepads: gamepads.names(),
  };
  return state;
};
