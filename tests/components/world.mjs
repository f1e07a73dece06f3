/* A tiny world around one real outbox: a server, the messages under way, the browser's disk.
 *
 * Whatever happens is one of EVENTS, so that a list of their names is a whole story, told again from its start: the outbox
 * keeps its state in closures, which cannot be copied.
 */
import { EVENTS } from "./events.mjs";
import { Server } from "./server.mjs";
import { PACE, time } from "./time.mjs";

const WORDS = { en: "Not counted.", ru: "Не засчитано." };
const SENTENCES = { amount: WORDS, full: WORDS, floor: WORDS, undo: WORDS, undone: WORDS, later: { en: "Waits.", ru: "Ждёт." } };

/** Whether a click has been refused: for good, or with the click that it takes back. */
export const isRefused = ({ code }) => code !== undefined && code !== "saved";

/** One server and one tab that looks at its first snapshot. */
export class World {
  server = new Server();
  deliveries = []; // { sentAt, clicks }
  answers = []; // { sentAt, codes, revision }, without a revision where it says later
  frames = []; // revisions
  clicks = []; // this browser's: { key, amount, round, of }, sent, code once it was told, stray once its page was closed
  wondering = false; // the tab has asked what its device added
  disk = new Map(); // clicks by key, as store.js has them: with why, once they are refused
  remembered = null; // the snapshot that the last visit left behind
  happened = {}; // how often each event did
  shown = 0; // the newest revision that the browser has shown
  broken = null; // the first broken promise, as a sentence
  wall = 1_700_000_000_000; // ms
  linked = true;

  constructor(createOutbox, { undos, upper, lower } = {}) {
    time.reset();
    this.createOutbox = createOutbox;
    this.curious = !!undos; // without undos what is this device's changes nothing, and would only make more states
    this.server.upper = upper ?? Infinity;
    this.server.lower = lower ?? -Infinity;
    this.server.commit();
    this.#open();
    this.hear(this.server.revision);
    if (this.curious) this.outbox.introduced(this.server.mine());
    this.outbox.link(true);
  }

  #open() {
    this.sentAt = -Infinity; // the newest delivery, in fake time
    this.outbox = this.createOutbox({
      changed: () => {},
      now: () => this.wall,
      deliver: (sentAt, clicks) => this.#deliver(sentAt, clicks),
      keep: (click) => this.#keep(click),
      drop: (keys) => keys.forEach((key) => this.disk.delete(key)),
      refuse: (click, why) => this.disk.set(click.key, { ...click, why }),
      wonder: () => (this.wondering = this.curious),
    });
    this.outbox.arrive();
  }

  /** Let an event happen, possible or not. */
  tell(event) {
    this.wall += 1;
    this.happened[event] = (this.happened[event] ?? 0) + 1;
    EVENTS[event].happen(this);
    const { known, revision } = this.outbox.view();
    if (!known) return;
    if (revision < this.shown) this.broken ??= `revision ${this.shown} was shown, and then ${revision}`;
    this.shown = revision;
  }

  #keep(click) {
    this.disk.set(click.key, { ...click });
    this.clicks.push({ key: click.key, amount: click.amount, of: click.of, round: this.outbox.view().round });
  }

  #deliver(sentAt, clicks) {
    if (clicks.some(({ key }) => !this.disk.has(key))) this.broken ??= "a click was sent that is not on the disk";
    const keys = new Set(clicks.map(({ key }) => key));
    const batch = this.clicks.filter(({ key }) => keys.has(key));
    const flown = this.clicks.filter(({ sent, code }) => sent && !code);
    if (flown.some(({ key }) => !keys.has(key))) this.broken ??= "two batches were under way";
    if (!flown.length && !this.rested()) this.broken ??= "a batch left too soon after the one before";
    batch.forEach((click) => (click.sent = true));
    this.sentAt = time.now;
    this.deliveries.push({ sentAt, clicks: clicks.map((click) => ({ ...click })) });
  }

  press(amount) {
    const before = this.clicks.length;
    this.outbox.press(amount);
    if (this.clicks.length === before) this.broken ??= "a press is not on the disk";
  }

  /** The newest click that the tab knows of and that nobody took back. */
  undoable() {
    const { round } = this.outbox.view();
    const undone = new Set(this.clicks.filter((click) => !isRefused(click)).map(({ of }) => of));
    const knows = ({ stray, learned }) => !stray || learned;
    return this.clicks.findLast(
      (click) => !click.of && click.round === round && knows(click) && !isRefused(click) && !undone.has(click.key),
    );
  }

  undo() {
    const target = this.undoable();
    if (this.outbox.view().undoable.key !== target?.key) this.broken ??= "another click is offered to be taken back";
    const before = this.clicks.length;
    this.outbox.undo();
    if (target.sent || target.code || target.learned) {
      const { of, amount } = this.clicks.at(-1);
      if (of !== target.key || amount !== -target.amount) this.broken ??= "an undo is not on the disk";
    } else {
      if (this.disk.has(target.key)) this.broken ??= "a click that was undone before it left stays on the disk";
      if (this.clicks.length > before) this.broken ??= "a click that never left is undone at the server";
      this.clicks = this.clicks.filter((click) => click !== target);
    }
  }

  /** Others' doing. */
  change(how) {
    how(this.server);
    this.frames.push(this.server.revision);
  }

  record({ sentAt, clicks, orphaned }) {
    const before = this.server.revision;
    const answered = this.server.record(clicks);
    const { revision } = this.server;
    if (revision > before) this.frames.push(revision);
    if (!orphaned) this.answers.push({ sentAt, ...answered, revision });
  }

  putOff({ sentAt, orphaned }) {
    if (!orphaned) this.answers.push({ sentAt, codes: {}, revision: null });
  }

  hear(revision) {
    const { value, round } = this.server.snapshots[revision];
    this.outbox.frame({ count: value, revision, round, lookers: 1 });
    this.#heard();
  }

  told({ sentAt, codes, mine, revision }) {
    this.#learn(codes);
    const { value, round } = this.server.snapshots[revision] ?? { value: null, round: null };
    const error = revision ? null : "later";
    const words = [error, ...Object.values(codes)].filter((code) => code in SENTENCES);
    const sentences = Object.fromEntries(words.map((code) => [code, SENTENCES[code]]));
    this.outbox.answer({ sent_at: sentAt, codes, error, value, revision, round, sentences, mine });
    this.#heard();
  }

  /** A click that found no room may find some when it comes twice; an undo of what was refused goes with it. */
  #learn(codes) {
    for (const click of this.clicks) {
      const code = codes[click.key];
      if (code === "saved") Object.assign(click, { code, learned: true });
      click.code ??= code;
    }
    for (const click of this.clicks) {
      const target = this.clicks.find(({ key }) => key === click.of);
      if (target && isRefused(target) && click.code !== "saved") click.code = "moot";
      else if (/^undo/.test(click.code)) this.broken ??= `an undo was refused: ${click.code}`;
    }
  }

  introduce() {
    this.wondering = false;
    const mine = this.server.mine();
    const last = this.clicks.find(({ key }) => key === mine.last?.key);
    if (last) last.learned = true;
    this.outbox.introduced(mine);
  }

  /** As counter_tab.jsx does: whatever is heard is taken in first, then the line is up. */
  #heard() {
    if (!this.linked) this.link(true);
  }

  link(up) {
    this.linked = up;
    this.outbox.link(up);
  }

  /** A new connection: what was under way to the tab is gone, and the server begins with its newest frame. */
  reconnect() {
    this.answers = [];
    this.frames = [];
    this.hear(this.server.revision);
  }

  reconnectElsewhere() {
    this.answers = [];
    this.frames = [this.server.revision];
    this.link(true);
  }

  visit() {
    this.outbox.arrive();
    this.frames.push(this.server.revision);
  }

  /** The page is closed, and opened again without a connection. What it had sent may yet arrive. */
  reopen() {
    this.remembered = this.outbox.last() ?? this.remembered;
    for (const click of this.clicks) {
      Object.assign(click, { sent: false, stray: true, adopted: false, learned: false });
    }
    for (const delivery of this.deliveries) delivery.orphaned = true; // there is nobody to answer
    this.answers = [];
    this.frames = [];
    this.linked = false;
    this.wondering = this.curious;
    time.timers.clear();
    this.#open();
  }

  /** Clicks of pages that are gone, as store.js finds them. */
  leftovers() {
    const found = this.clicks.filter(({ key, stray }) => stray && this.disk.has(key) && !this.disk.get(key).why);
    return found.map((click) => Object.assign(click, { adopted: true })).map(({ key }) => this.disk.get(key));
  }

  /** Long enough for a sweep and a heartbeat. */
  rest() {
    this.outbox.adopt(this.leftovers());
    this.hear(this.server.revision);
  }

  pacing() {
    return [...time.timers.values()].find(({ delay }) => delay <= PACE);
  }

  resending() {
    return [...time.timers.values()].find(({ delay }) => delay > PACE);
  }

  /** Whether the tab may send at once again. */
  rested() {
    return time.now - this.sentAt >= PACE;
  }
}
