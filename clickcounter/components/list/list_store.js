/* What this tab knows of the list of counters: what it asks for, and the newest page of it. The components draw the view.
 *
 * It outlives the page, so that a visit to a counter and back finds the list as it was.
 */
import { reopenSocket } from "../account/account_channel.js";
import { keepPageOffline } from "../app/offline_page.js";
import { createStorage } from "../outbox/storage.js";
import { createConnection } from "../shared/connection.js";
import { LIST_TIMEOUT_MS } from "../shared/constants.js";
import { once, randomHex } from "../shared/keys.js";
import { call } from "../shared/rpc.js";

const STORAGE_WAIT = 500; // ms that a request waits for the browser's storage

/** The newest event handlers from Reflex. */
export const handlers = {};

/** The texts from Reflex. */
export const texts = {};

let query = { search: "", archived: false, before: [] }; // `before`: the cursors of this page and of those before it
/** @type {import("../shared/shapes.js").Board | null} */
let board = null; // the newest page
let problem = null; // { error, sentences } instead of a page
let created = null; // the slug of the counter that was created last, until it is shown
let requestedAt = -Infinity;
let receivedAt = -Infinity;
let disconnected = false; // Reflex knows that it has no connection
let storage = null;
const listeners = new Set();

const currentView = () => ({
  ...query,
  board,
  problem,
  created,
  upToDate: board !== null && answersQuery(board),
  connection: board === null ? "connecting" : connection.isUp() ? "connected" : "reconnecting",
});

const changed = () => {
  view = currentView();
  listeners.forEach((listener) => listener());
};

const connection = createConnection(() => {
  changed();
  if (connection.isUp()) keepPageOffline();
});
const cursor = () => query.before.at(-1) ?? null;
const answersQuery = (page) =>
  page.search === query.search && page.archived === query.archived && page.before === cursor();
let view = currentView();
const EMPTY_VIEW = view;

export const subscribe = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const viewNow = () => view;

/** What a page shows before the browser has run anything. */
export const emptyView = () => EMPTY_VIEW;

/** The secret by which the server recognizes this browser. */
export const deviceSecret = () => {
  storage ??= createStorage({
    tab: randomHex(8),
    onFailure: () => {},
    onBroadcast: ({ made }) => made && request(),
  });
  return storage.deviceSecret(randomHex(16));
};

/** Ask for the list, with this browser's secret: counters that it created without an account are its own, listed or not. */
export const request = async () => {
  requestedAt = performance.now();
  const timeout = new Promise((resolve) => setTimeout(resolve, STORAGE_WAIT, null));
  const secret = await Promise.race([deviceSecret(), timeout]);
  handlers.look?.(query.search, query.archived, cursor(), secret);
};

/** Ask again after too long a silence. */
export const requestIfSilent = () => {
  const now = performance.now();
  if (now - receivedAt < LIST_TIMEOUT_MS || now - requestedAt < LIST_TIMEOUT_MS) return;
  // Requests would pile up while there is no connection; a nudge only makes Reflex try to reconnect.
  if (!disconnected) return void request();
  requestedAt = now;
  handlers.nudge?.();
};

/** Show something else: another search, the archive, another page. */
export const setQuery = (change) => {
  query = { ...query, before: [], ...change };
  problem = null;
  changed();
  request();
};

/** Call the server with this browser's secret. Resolves to its reply. */
export const perform = async (action, ...args) => {
  const reply = await call(handlers[action], await deviceSecret(), ...args);
  return { ...reply, sentences: reply.sentences ?? texts.no_answer };
};

/** Create a counter and show the list with it on top. Resolves to the reply. */
export const createCounter = async (fields) => {
  const reply = await once(["make", fields], (key) => perform("make", fields, key));
  if (!reply.error) {
    created = reply.result.slug;
    storage.broadcast({ made: created }); // it belongs to this browser: its other tabs list it, too
    setQuery({ search: "", archived: false });
  }
  return reply;
};

/** Create a group of these counters. Resolves to its slug, or to the error of a reply. */
export const createGroup = async (name, slugs) => {
  const fields = { name, group: true };
  const made = await once(["make", fields, slugs], (key) => perform("make", fields, key));
  if (made.error) return made;
  const { slug } = made.result;
  const { error, sentences } = await perform("changeParts", slug, Object.fromEntries(slugs.map((part) => [part, 1])));
  return { error, sentences, slug };
};

export const forgetCreated = () => {
  created = null;
  changed();
};

const markAlive = () => {
  receivedAt = performance.now();
  connection.markAlive();
};

/** From the server: a page of the list, or why there is none. */
export const receiveBoard = (page) => {
  markAlive();
  if (page.error) problem = page;
  else if (answersQuery(page)) [board, problem] = [page, null];
  changed();
};

/** From the server: the page is still up to date. */
export const receivePulse = markAlive;

/** Somebody signed in or out; the new account may see other counters. */
export const accountChanged = () => reopenSocket(request);

/** Reflex has lost its connection, or has a new one. */
export const setDisconnected = (now) => {
  disconnected = now;
  if (now) connection.markLost();
  else if (board !== null) request();
};
