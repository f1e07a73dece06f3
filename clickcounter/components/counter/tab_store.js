/* What this tab knows of every counter that it has shown, between Reflex and the outboxes: frames and answers come in, batches
 * of clicks go out, and the components draw the views.
 *
 * It outlives the pages, so that navigating away loses no click.
 */
import { onAccountChange, reopenSocket } from "../account/account_channel.js";
import { keepPageOffline } from "../app/offline_page.js";
import { createClock } from "../outbox/clock.js";
import { readLastVisit, storeLastVisit, whileThePageIsOpen } from "../outbox/last_visit.js";
import { createOutbox } from "../outbox/outbox.js";
import { createStorage } from "../outbox/storage.js";
import { createConnection, onWake } from "../shared/connection.js";
import { randomHex } from "../shared/keys.js";

const NUDGE_INTERVAL = 3000; // ms between two attempts to have Reflex reconnect
const ORPHAN_INTERVAL = 10000; // ms between two searches for clicks of closed tabs
const UNKNOWN_DEVICE = { label: null, number: null }; // until the server has told; "" means that it has no label

/** What a page shows before the browser has run anything.
 * @type {import("../shared/shapes.js").View} */
export const EMPTY_VIEW = {
  ...createOutbox({}).view(),
  about: null,
  device: UNKNOWN_DEVICE,
  rights: null,
  person: null,
  connection: "connecting",
  refused: [],
  storageFailed: false,
};

/** The newest event handlers from Reflex. */
export const handlers = { record: null, introduce: null, reportTimes: null, nudge: null };

const outboxes = new Map(); // by counter, as the next four are
const abouts = new Map(); // its settings
const rights = new Map(); // what the viewer may do, as the server told last
const persons = new Map(); // who is signed in, and their part of its round, as the server told last
let views = new Map(); // cleared whenever something changed

const listeners = new Set();
const clock = createClock();
let introducedAt = null; // on this connection for the first time
let storage = null;
let secret = null; // a promise of this browser's device secret
let device = UNKNOWN_DEVICE;
let storageFailed = false; // this browser stores nothing for us
let refused = []; // clicks that were refused for good, until the person has read why

const changed = () => {
  views = new Map();
  listeners.forEach((listener) => listener());
};

export const connection = createConnection(() => {
  outboxes.forEach((outbox) => outbox.setConnected(connection.isUp()));
  if (!connection.isUp()) introducedAt = null;
  changed();
  if (connection.isUp()) keepPageOffline();
});

export const subscribe = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The secret by which the server recognizes this browser's clicks. */
export const deviceSecret = () => secret;

const announce = (what, counter, key) =>
  dispatchEvent(new CustomEvent(`clickcounter:${what}`, { detail: { counter, key } }));

const adoptOrphans = async () => {
  const orphans = await storage.orphans();
  new Set(orphans.map((click) => click.counter)).forEach((counter) =>
    outboxOf(counter).adopt(orphans.filter((click) => click.counter === counter)),
  );
};

const readRefused = async () => {
  refused = await storage.refused();
  changed();
};

/** The person has read why these clicks do not count. */
export const dismissRefused = async (counter) => {
  const read = refused.filter((click) => click.counter === counter).map((click) => click.key);
  refused = refused.filter((click) => click.counter !== counter);
  changed();
  await storage.remove(read);
};

const setStorageFailed = (now) => {
  if (storageFailed === now) return;
  storageFailed = now;
  changed();
};

const onBroadcast = ({ counter, label, ...news }) => {
  if (label !== undefined) setDevice(label);
  if (outboxes.has(counter)) outboxes.get(counter).receiveBroadcast(news);
};

/** Everything that needs a browser, once. */
export const start = () => {
  if (storage) return;
  const health = { onFailure: () => setStorageFailed(true), onRecovery: () => setStorageFailed(false) };
  storage = createStorage({ tab: randomHex(8), ...health, onBroadcast });
  secret = storage.deviceSecret(randomHex(16));
  readRefused();
  adoptOrphans();
  setInterval(adoptOrphans, ORPHAN_INTERVAL);
  // Reflex does not reconnect by itself after some disconnects; any event makes it try.
  setInterval(() => !connection.isUp() && handlers.nudge?.(), NUDGE_INTERVAL);
  onAccountChange(accountChanged);
  addEventListener("offline", connection.markLost);
  addEventListener("online", () => handlers.nudge?.());
  onWake(() => connection.isSilent() && reconnect());
  whileThePageIsOpen(storeLastVisits);
};

const reconnect = () => {
  connection.markLost();
  reopenSocket(handlers.nudge);
};

/** Somebody signed in or out; the new socket tells who it is now. */
const accountChanged = () => {
  persons.clear();
  rights.clear();
  reconnect();
};

/** From the server: who is signed in, and what they have added to the round. An older message never replaces a newer one.
 * @param {import("../shared/shapes.js").Own} own */
export const receivePerson = ({ counter, account, round, revision }) => {
  if (account && revision < persons.get(counter)?.revision) return;
  if (account) persons.set(counter, { ...account, round, revision });
  else persons.clear();
  changed();
};

/** The same, unasked. With a superuser's power their rights have changed. @param {import("../shared/shapes.js").Own} own */
export const receiveOwn = (own) => {
  if (!own.account) return accountChanged();
  const changed = persons.has(own.counter) && persons.get(own.counter).superuser !== own.account.superuser;
  receivePerson(own);
  if (changed) introduce(own.counter);
};

/** The same, from an answer. Without an account in it, somebody signed out elsewhere, or all clicks were saved before.
 * @param {import("../shared/shapes.js").Answer} answer */
export const receivePersonTotals = ({ counter, account, round, revision, codes }) => {
  const person = persons.get(counter);
  if (!person) return;
  if (account) receivePerson({ counter, account: { ...person, up: account[0], down: account[1] }, round, revision });
  else if (Object.values(codes).includes("saved")) introduce(counter);
};

const storeLastVisits = () =>
  outboxes.forEach((outbox, counter) => storeLastVisit(counter, outbox.lastSnapshot(), abouts.get(counter)));

export const restoreLastVisit = (counter) => {
  const last = readLastVisit(counter);
  if (last?.about && !abouts.has(counter)) abouts.set(counter, { ...last.about, at: 0 });
  outboxOf(counter).restore(last);
};

/** Tell the server which device this is, and ask for its totals and rights. */
export const introduce = async (counter) => {
  const own = await secret;
  introducedAt ??= clock.ask();
  handlers.introduce?.(counter, own);
};

export const outboxOf = (counter) => {
  if (!outboxes.has(counter)) {
    const outbox = createOutbox({
      onChange: changed,
      clock,
      deliver: async (sentAt, clicks, offset) => handlers.record?.(counter, await secret, sentAt, clicks, offset),
      save: (click) => {
        announce("press", counter, click.key);
        storage.save(counter, click).then((saved) => saved && announce("kept", counter, click.key));
      },
      remove: (keys) => storage.remove(keys).then(() => refused.some(({ key }) => keys.includes(key)) && readRefused()),
      markRefused: (click, why) => storage.markRefused(counter, click, why).then(readRefused),
      broadcast: (news) => storage.broadcast({ counter, ...news }),
      requestTotals: () => introduce(counter),
    });
    outboxes.set(counter, outbox);
    outbox.setConnected(connection.isUp());
  }
  return outboxes.get(counter);
};

/** A counter's settings, from a frame of their own or a restored visit: the newest are kept.
 * @param {import("../shared/shapes.js").About} about */
export const receiveAbout = (about) => {
  if (about.at < abouts.get(about.counter)?.at) return;
  abouts.set(about.counter, about);
  changed();
};

/** From the server: what the viewer may do. Nobody knows which introduction it answers: only the first measures the clock. */
export const receiveRights = ({ counter, rights: granted, at }) => {
  clock.receive(at, introducedAt);
  introducedAt = 0;
  rights.set(counter, granted);
  changed();
};

/** This browser's label, "" for none, and its number. */
export const setDevice = (label, number = device.number) => {
  device = { label, number };
  changed();
};

/** The person has set this browser's label: in its other tabs, too. */
export const shareLabel = (label) => {
  setDevice(label);
  storage.broadcast({ label });
};

/** Their totals start at 0 in a round that began since the server told them. */
const personIn = (counter, round) => {
  const person = persons.get(counter) ?? null;
  return person && person.round !== round ? { ...person, up: 0, down: 0 } : person;
};

/** What a counter's page shows. `unsaved` counts the clicks of all counters that this tab still holds.
 * @returns {import("../shared/shapes.js").View} */
export const viewOf = (counter) => {
  if (!views.has(counter)) {
    const view = outboxOf(counter).view();
    views.set(counter, {
      ...view,
      connection: !view.known ? "connecting" : view.confirmed && connection.isUp() ? "connected" : "reconnecting",
      unsaved: [...outboxes.values()].reduce((sum, outbox) => sum + outbox.view().unsaved, 0),
      refused: refused.filter((click) => click.counter === counter),
      storageFailed,
      device,
      person: personIn(counter, view.round),
      rights: rights.get(counter) ?? null,
      about: abouts.get(counter) ?? null,
    });
  }
  return views.get(counter);
};
