/* A small world around one real outbox: a model of the server, messages under way, the browser's storage.
 *
 * Everything that happens is one of EVENTS, so a list of their names is a complete story, which can be run again from its
 * start. It must be: the outbox keeps its state in closures, which cannot be copied.
 */
import { createClock } from "../../clickcounter/components/outbox/clock.js";
import { EVENTS } from "./events.mjs";
import { Server } from "./server.mjs";
import { MIN_INTERVAL, time } from "./time.mjs";

const SENTENCE = { en: "Not counted.", ru: "Не засчитано." };
const SENTENCES = {
  ...{ amount: SENTENCE, full: SENTENCE, floor: SENTENCE, undo: SENTENCE, undone: SENTENCE },
  later: { en: "Waits.", ru: "Ждёт." },
};

/** Whether a click was refused: itself, or the click that it undoes. */
export const isRefused = ({ code }) => code !== undefined && code !== "saved";

/** One server, and one tab that shows its first snapshot. */
export class World {
  server = new Server();
  deliveries = []; // { sentAt, clicks }
  answers = []; // { sentAt, codes, revision }; the revision is null if it says later
  frames = []; // revisions
  clicks = []; // this browser's: { key, amount, round, of }, sent, code once answered, orphan once its page was closed
  totalsRequested = false; // the tab has asked for its device's totals
  storage = new Map(); // clicks by key, as storage.js keeps them; with why, once they are refused
  stored = null; // the last snapshot of an earlier visit
  happened = {}; // how often each event happened
  shown = 0; // the newest revision that was shown
  fault = null; // the first thing that went wrong, as a sentence
  wallClock = 1_700_000_000_000; // ms
  connected = true;

  constructor(createOutbox, { undos, upper, lower } = {}) {
    time.reset();
    this.createOutbox = createOutbox;
    this.tracksTotals = !!undos; // without undos the totals change nothing else, and would only make more states
    this.server.upper = upper ?? Infinity;
    this.server.lower = lower ?? -Infinity;
    this.server.commit();
    this.#open();
    this.receiveFrame(this.server.revision);
    if (this.tracksTotals) this.outbox.receiveTotals(this.server.deviceTotals());
    this.outbox.setConnected(true);
  }

  #open() {
    this.sentAt = -Infinity; // the newest delivery, in fake time
    this.outbox = this.createOutbox({
      onChange: () => {},
      clock: createClock({ wall: () => this.wallClock, elapsed: () => this.wallClock }),
      deliver: (sentAt, clicks) => this.#send(sentAt, clicks),
      save: (click) => this.#save(click),
      remove: (keys) => keys.forEach((key) => this.storage.delete(key)),
      markRefused: (click, why) => this.storage.set(click.key, { ...click, why }),
      requestTotals: () => (this.totalsRequested = this.tracksTotals),
    });
    this.outbox.open();
  }

  /** Let an event happen, whether it can or not. */
  apply(event) {
    this.wallClock += 1;
    this.happened[event] = (this.happened[event] ?? 0) + 1;
    EVENTS[event].happen(this);
    const { known, revision } = this.outbox.view();
    if (!known) return;
    if (revision < this.shown) this.fault ??= `revision ${this.shown} was shown, and then ${revision}`;
    this.shown = revision;
  }

  #save(click) {
    this.storage.set(click.key, { ...click });
    this.clicks.push({ key: click.key, amount: click.amount, of: click.of, round: this.outbox.view().round });
  }

  #send(sentAt, clicks) {
    if (clicks.some(({ key }) => !this.storage.has(key))) this.fault ??= "a click was sent that is not in storage";
    const keys = new Set(clicks.map(({ key }) => key));
    const batch = this.clicks.filter(({ key }) => keys.has(key));
    const inFlight = this.clicks.filter(({ sent, code }) => sent && !code);
    if (inFlight.some(({ key }) => !keys.has(key))) this.fault ??= "two batches were in flight";
    if (!inFlight.length && !this.mayDeliver()) this.fault ??= "a batch was sent too soon after the one before";
    batch.forEach((click) => (click.sent = true));
    this.sentAt = time.now;
    this.deliveries.push({ sentAt, clicks: clicks.map((click) => ({ ...click })) });
  }

  press(amount) {
    const before = this.clicks.length;
    this.outbox.press(amount);
    if (this.clicks.length === before) this.fault ??= "a press is not in storage";
  }

  /** The newest click that the tab knows of and that is not undone. */
  undoable() {
    const { round } = this.outbox.view();
    const undone = new Set(this.clicks.filter((click) => !isRefused(click)).map(({ of }) => of));
    const isKnown = ({ orphan, knownSaved }) => !orphan || knownSaved;
    return this.clicks.findLast(
      (click) => !click.of && click.round === round && isKnown(click) && !isRefused(click) && !undone.has(click.key),
    );
  }

  undo() {
    const target = this.undoable();
    if (this.outbox.view().undoable.key !== target?.key) this.fault ??= "another click is offered for undo";
    const before = this.clicks.length;
    this.outbox.undo();
    if (target.sent || target.code || target.knownSaved) {
      const { of, amount } = this.clicks.at(-1);
      if (of !== target.key || amount !== -target.amount) this.fault ??= "an undo is not in storage";
    } else {
      if (this.storage.has(target.key)) this.fault ??= "a click that was undone before it was sent stays in storage";
      if (this.clicks.length > before) this.fault ??= "a click that was never sent is undone at the server";
      this.clicks = this.clicks.filter((click) => click !== target);
    }
  }

  /** Others do something. */
  changeServer(change) {
    change(this.server);
    this.frames.push(this.server.revision);
  }

  deliver({ sentAt, clicks, nobodyWaits }) {
    const before = this.server.revision;
    const answer = this.server.record(clicks);
    const { revision } = this.server;
    if (revision > before) this.frames.push(revision);
    if (!nobodyWaits) this.answers.push({ sentAt, ...answer, revision });
  }

  answerLater({ sentAt, nobodyWaits }) {
    if (!nobodyWaits) this.answers.push({ sentAt, codes: {}, revision: null });
  }

  receiveFrame(revision) {
    const { value, round } = this.server.snapshots[revision];
    this.outbox.receiveFrame({ count: value, revision, round, lookers: 1 });
    this.#markAlive();
  }

  receiveAnswer({ sentAt, codes, mine, revision }) {
    this.#noteCodes(codes);
    const { value, round } = this.server.snapshots[revision] ?? { value: null, round: null };
    const error = revision ? null : "later";
    const explained = [error, ...Object.values(codes)].filter((code) => code in SENTENCES);
    const sentences = Object.fromEntries(explained.map((code) => [code, SENTENCES[code]]));
    this.outbox.receiveAnswer({ sent_at: sentAt, codes, error, value, revision, round, sentences, mine });
    this.#markAlive();
  }

  /** A click that was refused may be saved if it arrives twice; an undo of a refused click is refused with it. */
  #noteCodes(codes) {
    for (const click of this.clicks) {
      const code = codes[click.key];
      if (code === "saved") Object.assign(click, { code, knownSaved: true });
      click.code ??= code;
    }
    for (const click of this.clicks) {
      const target = this.clicks.find(({ key }) => key === click.of);
      if (target && isRefused(target) && click.code !== "saved") click.code = "moot";
      else if (/^undo/.test(click.code)) this.fault ??= `an undo was refused: ${click.code}`;
    }
  }

  sendTotals() {
    this.totalsRequested = false;
    const totals = this.server.deviceTotals();
    const last = this.clicks.find(({ key }) => key === totals.last?.key);
    if (last) last.knownSaved = true;
    this.outbox.receiveTotals(totals);
  }

  /** As counter_provider.jsx does: a message is taken in first, then the connection is up. */
  #markAlive() {
    if (!this.connected) this.setConnected(true);
  }

  setConnected(up) {
    this.connected = up;
    this.outbox.setConnected(up);
  }

  /** A new connection: messages to the tab are lost, and the server starts with its newest frame. */
  reconnect() {
    this.answers = [];
    this.frames = [];
    this.receiveFrame(this.server.revision);
  }

  reconnectElsewhere() {
    this.answers = [];
    this.frames = [this.server.revision];
    this.setConnected(true);
  }

  visit() {
    this.outbox.open();
    this.frames.push(this.server.revision);
  }

  /** The page is closed, and reopened without a connection. What it had sent may still arrive. */
  reopen() {
    this.stored = this.outbox.lastSnapshot() ?? this.stored;
    for (const click of this.clicks) {
      Object.assign(click, { sent: false, orphan: true, adopted: false, knownSaved: false });
    }
    for (const delivery of this.deliveries) delivery.nobodyWaits = true; // for the answer
    this.answers = [];
    this.frames = [];
    this.connected = false;
    this.totalsRequested = this.tracksTotals;
    time.timers.clear();
    this.#open();
  }

  /** Clicks of closed pages, as storage.js finds them. */
  orphans() {
    const found = this.clicks.filter(({ key, orphan }) => orphan && this.storage.has(key) && !this.storage.get(key).why);
    return found.map((click) => Object.assign(click, { adopted: true })).map(({ key }) => this.storage.get(key));
  }

  /** Long enough for a search for orphans and for a heartbeat. */
  waitQuietly() {
    this.outbox.adopt(this.orphans());
    this.receiveFrame(this.server.revision);
  }

  intervalTimer() {
    return [...time.timers.values()].find(({ delay }) => delay <= MIN_INTERVAL);
  }

  retryTimer() {
    return [...time.timers.values()].find(({ delay }) => delay > MIN_INTERVAL);
  }

  /** Whether the tab may send the next batch now. */
  mayDeliver() {
    return time.now - this.sentAt >= MIN_INTERVAL;
  }
}
