/* What this tab knows of its board: which counters are on it, and whether the server follows them for this tab. Their numbers,
 * their presses and their outboxes are those of tab_store.js, as on the page of one counter.
 */
import { canUndo, press, undo } from "../counter/counter_provider.jsx";
import {
  connection,
  deviceSecret,
  handlers,
  outboxOf,
  receiveAbout,
  receiveOwn,
  receivePerson,
  receivePersonTotals,
  receiveRights,
  setDevice,
  viewOf,
} from "../counter/tab_store.js";
import { isUnavailable } from "../outbox/press_rules.js";
import { LIST_TIMEOUT_MS } from "../shared/constants.js";
import { createdAt } from "../shared/keys.js";

const FOLLOW_WITHIN = 300; // ms in which several reasons to ask again become one question
const KINDS = ["about", "frame", "answer", "mine", "own", "followed"]; // of messages, in the order in which they are taken in
const OF_ANY_PAGE = new Set(["answer", "own", "followed"]); // what may come without a counter in its name

/** The newest event handlers from Reflex, besides those of tab_store.js. */
export const boardHandlers = { follow: null };

let counters = []; // on the board, in order
let seen = {}; // the newest messages by name that were taken in
let heardAt = new Map(); // by counter: when its last frame came
let requestedAt = -Infinity;
let disconnected = false; // Reflex knows that it has no connection
let timer = null;

const now = () => performance.now();

/** Have the server follow these counters. The same question again is answered with what they show now. */
const follow = async () => {
  stopFollowing();
  requestedAt = now();
  boardHandlers.follow?.(counters, await deviceSecret());
};

/** The same in a moment. Many boards hear of a change at once, and do not all ask at once. */
export const followSoon = () => {
  timer ??= setTimeout(follow, Math.random() * FOLLOW_WITHIN);
};

/** Show these counters from now on. */
export const setCounters = (names) => {
  counters = names;
  heardAt = new Map(names.map((counter) => [counter, now()]));
  follow();
};

/** Ask no more: the page is left, and the server knows that. */
export const stopFollowing = () => {
  clearTimeout(timer);
  timer = null;
};

/** Ask again after too long a silence of a counter that is shown: its room has a heartbeat. Where none is shown, ask at times, so
 * that the page knows whether there is a connection. */
export const followIfSilent = () => {
  const shown = counters.filter((counter) => !isUnavailable(viewOf(counter).problem));
  const silentSince = Math.min(...shown.map((counter) => heardAt.get(counter)), shown.length ? Infinity : requestedAt);
  if (now() - silentSince < LIST_TIMEOUT_MS || now() - requestedAt < LIST_TIMEOUT_MS) return;
  if (!disconnected) return void follow();
  requestedAt = now();
  handlers.nudge?.(); // questions would pile up while there is no connection
};

/** Reflex has lost its connection, or has a new one. */
export const setDisconnected = (isLost) => {
  const isBack = disconnected && !isLost;
  disconnected = isLost;
  if (isLost) connection.markLost();
  if (isBack) follow();
};

const receivers = {
  about: receiveAbout,
  frame(frame) {
    heardAt.set(frame.counter, now());
    outboxOf(frame.counter).receiveFrame(frame);
  },
  answer(answer) {
    if (!answer.counter) return putOff(answer);
    outboxOf(answer.counter).receiveAnswer(answer);
    receivePersonTotals(answer);
  },
  mine(mine) {
    receiveRights(mine);
    receivePerson(mine);
    if (!mine.round) return; // of a counter that the viewer may not see
    setDevice(mine.label, mine.number);
    outboxOf(mine.counter).receiveTotals(mine);
  },
  own: receiveOwn,
  followed() {},
};

/** The tab sends too fast: the server has not looked whose presses it dropped. */
const putOff = (answer) =>
  counters.filter(unsavedOf).forEach((counter) => outboxOf(counter).receiveAnswer({ ...answer, counter }));

/** What was sent before the board was opened is not news. */
export const forgetMessages = (messages) => {
  seen = { ...messages };
};

/** From the server: everything that was sent last, by name; `frame…:cars` is the frame of the counter `cars`. */
export const receiveMessages = (messages) => {
  const news = Object.entries(messages).filter(([name, message]) => message !== seen[name] && message?.at);
  seen = { ...messages };
  for (const kind of KINDS) {
    for (const [name, message] of news) {
      if (!name.startsWith(kind) || !(name.includes(":") || OF_ANY_PAGE.has(kind))) continue;
      connection.markAlive();
      receivers[kind](message);
    }
  }
};

/** How many presses of a counter are not saved yet. */
export const unsavedOf = (counter) => outboxOf(counter).view().unsaved;

/** The one place where the board presses, whatever was touched: a button, a key. Returns false if it cannot be done now. */
export const pressCell = (counter, sign) => press(counter, sign * (viewOf(counter).about?.step ?? 1));

/** The counter with this browser's newest press, among those on the board; null where nothing can be undone. */
export const undoableCounter = () => {
  const candidates = counters.filter((counter) => canUndo(viewOf(counter)));
  const pressedAt = (counter) => createdAt(viewOf(counter).undoable.key);
  return candidates.reduce((last, counter) => (last && pressedAt(last) >= pressedAt(counter) ? last : counter), null);
};

export const undoLast = () => {
  const counter = undoableCounter();
  return counter !== null && undo(counter) ? counter : null;
};
