/* A tiny world around one real outbox: a server, the messages under way, the browser's disk.
 *
 * Whatever happens is one of EVENTS, so that a list of their names is a whole story, told again from its start: the outbox
 * keeps its state in closures, which cannot be copied.
 */
import { readFileSync } from "node:fs";
import { Server, TOO_MUCH } from "./server.mjs";
import { time } from "./time.mjs";

/** The outbox as it is shipped. */
export const SOURCE = readFileSync(new URL("../../clickcounter/components/outbox.js", import.meta.url), "utf8");

/** The createOutbox of a source text. */
export const load = async (text) => (await import(`data:text/javascript,${encodeURIComponent(text)}`)).createOutbox;

const PACE = 100; // ms; a longer timer is the resend's
const SENTENCES = { amount: { en: "Not counted.", ru: "Не засчитано." }, later: { en: "Waits.", ru: "Ждёт." } };

/** One server and one tab that looks at its first snapshot. */
export class World {
  server = new Server();
  deliveries = []; // { sentAt, clicks }
  answers = []; // { sentAt, codes, revision }, without a revision where it says later
  frames = []; // revisions
  clicks = []; // this browser's: { key, amount, round }, sent, code once it was told, stray once its page was closed
  disk = new Map(); // clicks by key, as store.js has them: with why, once they are refused
  remembered = null; // the snapshot that the last visit left behind
  happened = {}; // how often each event did
  shown = 0; // the newest revision that the browser has shown
  broken = null; // the first broken promise, as a sentence
  wall = 1_700_000_000_000; // ms
  linked = true;

  constructor(createOutbox) {
    time.reset();
    this.createOutbox = createOutbox;
    this.server.commit();
    this.#open();
    this.hear(this.server.revision);
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
    this.clicks.push({ key: click.key, amount: click.amount, round: this.outbox.view().round });
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

  /** Others' doing. */
  change(how) {
    how(this.server);
    this.frames.push(this.server.revision);
  }

  record({ sentAt, clicks, orphaned }) {
    const before = this.server.revision;
    const codes = this.server.record(clicks);
    const { revision } = this.server;
    if (revision > before) this.frames.push(revision);
    if (!orphaned) this.answers.push({ sentAt, codes, revision });
  }

  putOff({ sentAt, orphaned }) {
    if (!orphaned) this.answers.push({ sentAt, codes: {}, revision: null });
  }

  hear(revision) {
    const { value, round } = this.server.snapshots[revision];
    this.outbox.frame({ count: value, revision, round, lookers: 1 });
    this.#heard();
  }

  told({ sentAt, codes, revision }) {
    for (const click of this.clicks) click.code ??= codes[click.key];
    const { value, round } = this.server.snapshots[revision] ?? { value: null, round: null };
    const error = revision ? null : "later";
    const words = [error, ...Object.values(codes)].filter((code) => code in SENTENCES);
    const sentences = Object.fromEntries(words.map((code) => [code, SENTENCES[code]]));
    this.outbox.answer({ sent_at: sentAt, codes, error, value, revision, round, sentences });
    this.#heard();
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
    for (const click of this.clicks) Object.assign(click, { sent: false, stray: true, adopted: false });
    for (const delivery of this.deliveries) delivery.orphaned = true; // there is nobody to answer
    this.answers = [];
    this.frames = [];
    this.linked = false;
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

const from = (channel, happen) => ({ can: (world) => world[channel].length > 0, happen });
const always = (happen) => ({ can: () => true, happen });

/** Whatever can happen. Messages keep their order within a channel; between channels there is none. */
export const EVENTS = {
  "a press": { can: ({ outbox }) => outbox.view().known, happen: (world) => world.press(1) },
  "a press too much": { can: ({ outbox }) => outbox.view().known, happen: (world) => world.press(TOO_MUCH) },
  "another's click": always((world) => world.change((server) => server.add(1))),
  "another's click back": always((world) => world.change((server) => server.add(-1))),
  "a reset": always((world) => world.change((server) => server.reset())),
  "a delivery": from("deliveries", (world) => world.record(world.deliveries.shift())),
  "a delivery, to come twice": from("deliveries", (world) => world.record(world.deliveries[0])),
  "a delivery lost": from("deliveries", (world) => world.deliveries.shift()),
  "a delivery put off": from("deliveries", (world) => world.putOff(world.deliveries.shift())),
  "a delivery put off, and recorded yet": from("deliveries", (world) => world.putOff(world.deliveries[0])),
  "an answer": from("answers", (world) => world.told(world.answers.shift())),
  "an answer, to come twice": from("answers", (world) => world.told(world.answers[0])),
  "an answer lost": from("answers", (world) => world.answers.shift()),
  "a frame": from("frames", (world) => world.hear(world.frames.shift())),
  "a frame lost": from("frames", (world) => world.frames.shift()),
  "the pacing timer": { can: (world) => world.pacing(), happen: (world) => time.fire(world.pacing()) },
  "the resend timer": { can: (world) => world.resending(), happen: (world) => time.fire(world.resending()) },
  "a rest": { can: (world) => !world.rested() && !world.pacing(), happen: () => (time.now += PACE) },
  "the line lost": { can: (world) => world.linked, happen: (world) => world.link(false) },
  "the line back": { can: (world) => !world.linked, happen: (world) => world.reconnect() },
  "another page and back": always((world) => world.visit()),
  "closed and reopened": always((world) => world.reopen()),
  "the leftovers found": {
    can: ({ clicks }) => clicks.some(({ stray, code }) => stray && !code),
    happen: (world) => world.outbox.adopt(world.leftovers()),
  },
  "the last number recalled": {
    can: ({ outbox }) => !outbox.view().known,
    happen: ({ outbox, remembered }) => outbox.recall(remembered),
  },
  "the line back, heard on another page": {
    can: ({ linked }) => !linked,
    happen: (world) => world.reconnectElsewhere(),
  },
  "a quiet while": always((world) => world.rest()),
};
