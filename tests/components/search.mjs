/* Runs an outbox through every order of a few events, and checks it after each of them. */
import { EVENTS } from "./events.mjs";
import { inFakeTime } from "./time.mjs";
import { isRefused, World } from "./world.mjs";

// Events that happen a limited number of times in a story; all others may happen at any time.
const LIMITED_EVENTS = {
  presses: ["a press", "a press with a forbidden amount"],
  minus: ["a press of minus one"],
  undos: ["an undo"],
  news: ["another's press", "another's press of minus one", "a reset"],
  trouble: [
    "a delivery duplicated",
    "a delivery lost",
    "a delivery answered later",
    "a delivery answered later, yet saved",
    "an answer duplicated",
    "an answer lost",
    "the retry timer",
    "the connection lost",
    "another page and back",
  ],
  visits: ["closed and reopened"],
  quiet: ["a quiet time"], // only at the end of a story
};
const KINDS = Object.keys(LIMITED_EVENTS);
const useCounts = ({ happened }) =>
  KINDS.map((kind) => LIMITED_EVENTS[kind].reduce((sum, event) => sum + (happened[event] ?? 0), 0));

const possible = (world, limits) => {
  const times = useCounts(world);
  const usedUp = KINDS.filter((kind, index) => times[index] >= (limits[kind] ?? 0)).flatMap((kind) => LIMITED_EVENTS[kind]);
  return Object.keys(EVENTS).filter((event) => !usedUp.includes(event) && EVENTS[event].can(world));
};

/** What is wrong in this state, as a sentence; null if nothing is. */
const findFault = ({ fault, clicks, storage, outbox, server }) => {
  if (fault) return fault;
  for (const { key, code } of clicks) {
    const stored = !storage.has(key) ? "saved" : storage.get(key).why?.code;
    const expected = code === "moot" ? "saved" : code;
    if (stored !== expected) return `a click is ${stored ?? "unsaved"} in storage, but its answer was ${code ?? "none"}`;
  }
  const { known, ownTotals, revision, round, unsaved, value } = outbox.view();
  const unanswered = clicks.filter(({ code, orphan, adopted }) => !code && (!orphan || adopted));
  if (unsaved !== unanswered.length) return `${unsaved} clicks are shown as unsaved, but ${unanswered.length} have no answer`;
  if (!known) return value === null ? null : "an unconfirmed number is shown";
  const snapshot = server.snapshots[revision];
  if (snapshot?.round !== round) return `no revision ${revision} of round ${round} was ever committed`;
  const own = clicks.filter((click) => click.round === round && !isRefused(click) && !click.orphan);
  const missing = own.filter(({ key }) => !snapshot.keys.includes(key));
  const expected = missing.reduce((sum, { amount }) => sum + amount, snapshot.value);
  if (value !== expected) return `${value} is shown, but revision ${revision} and the clicks missing in it make ${expected}`;
  const unclear = clicks.some((click) => click.orphan || MAY_PASS_LATER.includes(click.code));
  if (!ownTotals || ownTotals.guessed || unclear) return null;
  const isUp = ({ amount, of }) => (own.find(({ key }) => key === of)?.amount ?? amount) > 0;
  const sumOf = (side) => own.filter((click) => isUp(click) === side).reduce((sum, { amount }) => sum + amount, 0);
  const sums = [sumOf(true), sumOf(false)];
  if (`${[ownTotals.up, ownTotals.down]}` === `${sums}`) return null;
  return `${[ownTotals.up, ownTotals.down]} are shown as this device's totals, but its clicks make ${sums}`;
};

const MAY_PASS_LATER = ["full", "floor"]; // if the batch arrives twice

const QUIET = "a quiet time";
const TIMERS = ["the interval timer", "the retry timer"];
const SETTLING = ["the connection back", "a delivery", "an answer", "a frame", ...TIMERS, "own totals arrive"];

/** Let everything arrive, and again after a quiet time. Returns what is wrong on the way or at the end. */
const settle = (world) => {
  for (let step = 0; step < 100; step += 1) {
    const event = SETTLING.find((name) => EVENTS[name].can(world)) ?? QUIET;
    world.apply(event);
    const fault = findFault(world);
    if (fault) return fault;
    if (event === QUIET && world.happened[QUIET] === 2) break;
  }
  const { clicks, outbox, server } = world;
  const { ownTotals, undoable, value, unsaved } = outbox.view();
  if (unsaved) return `${unsaved} clicks stayed unsaved`;
  if (value !== server.value) return `${value} is still shown, but the server has ${server.value}`;
  for (const { key, round, code } of clicks) {
    const rows = server.ledger.filter((row) => row.key === key).map((row) => row.round);
    if (MAY_PASS_LATER.includes(code) && `${rows}` === `${round}`) continue; // its second answer was lost
    if (`${rows}` !== (isRefused({ code }) ? "" : `${round}`)) return `a click of round ${round} counts in [${rows}]`;
  }
  const { up, down, last } = server.deviceTotals();
  if (clicks.some(({ code }) => MAY_PASS_LATER.includes(code))) return null;
  if (ownTotals && (ownTotals.up !== up || ownTotals.down !== down))
    return `${[ownTotals.up, ownTotals.down]} are still shown as this device's totals, not ${[up, down]}`;
  if (ownTotals && !undoable !== !last) return "it is still unclear whether something can be undone";
  return null;
};

/** Everything that the future depends on. To see what the outbox hides, it changes it: the world is of no use afterwards.
 *
 * Clocks and the delays of retries are left out, because only whether a timer is set decides what can happen. Of revisions,
 * only their order matters. */
const fingerprint = (world) => {
  const { answers, clicks, connected, deliveries, frames, outbox, server, stored } = world;
  const views = [outbox.view()];
  const restored = !outbox.lastSnapshot();
  outbox.restore(null); // shows the base
  views.push(outbox.view());
  const codes = Object.fromEntries(clicks.map(({ key }) => [key, "saved"]));
  outbox.receiveAnswer({ sent_at: null, codes, error: null, value: null, revision: null, round: null, sentences: {} });
  views.push(outbox.view()); // nothing is in flight any more, which shows what was held back

  const mentioned = [...answers, ...views, stored ?? {}].map(({ revision }) => revision);
  const revisions = [world.shown, server.revision, ...frames, ...mentioned];
  const order = [...new Set(revisions)].filter(Boolean).sort((a, b) => a - b);
  const place = (revision) => order.indexOf(revision);
  const number = (key) => clicks.findIndex((click) => click.key === key);
  return JSON.stringify([
    views.map(({ known, value, revision, unsaved }) => [known, value, place(revision), unsaved]),
    views.map(({ problem, pressed, ownTotals, undoable }) => [problem?.code, pressed, ownTotals, number(undoable?.key)]),
    order.map((revision) => server.snapshots[revision]).map(({ value, round, keys }) => [value, round, keys.map(number)]),
    [place(world.shown), place(stored?.revision), restored, connected],
    [world.mayDeliver(), !!world.intervalTimer(), !!world.retryTimer()],
    clicks.map(({ amount, round, of, sent, code, orphan, adopted, knownSaved }) => [
      [amount, round, number(of), sent, code],
      [orphan, adopted, knownSaved],
    ]),
    deliveries.map((delivery) => [delivery.nobodyWaits, delivery.clicks.map(({ key }) => number(key))]),
    answers.map(({ revision, codes, mine }) => [place(revision), Object.keys(codes).map(number), Object.values(codes), mine]),
    frames.map(place),
    [server.round, server.closed, world.totalsRequested],
  ]);
};

/** Run every story in which no kind of event happens more often than `limits` allows: the shortest first, one for each state.
 * Returns the number of states, and the first story with a fault. */
export const search = (createOutbox, limits) =>
  inFakeTime(() => {
    const run = (story) => {
      const world = new World(createOutbox, limits);
      story.forEach((event) => world.apply(event));
      return world;
    };
    const seen = new Map(); // state: the costs of the ways to it, none of which is cheaper than another
    const isCheaper = (cost, other) => cost.every((times, index) => times <= other[index]);
    let stories = [{ story: [], events: possible(run([]), limits) }];
    while (stories.length) {
      const longer = [];
      for (const before of stories) {
        for (const event of before.events) {
          const story = [...before.story, event];
          const world = run(story);
          const fault = findFault(world);
          if (fault) return { states: seen.size, story, fault };
          const cost = useCounts(world);
          const events = possible(world, limits);
          const state = fingerprint(world);
          const ways = seen.get(state) ?? [];
          if (ways.some((way) => isCheaper(way, cost))) continue;
          if (!ways.length) {
            const finalFault = settle(run(story));
            if (finalFault) return { states: seen.size, story: [...story, "and then everything arrives"], fault: finalFault };
          }
          seen.set(state, [...ways, cost]);
          longer.push({ story, events });
        }
      }
      stories = longer;
    }
    return { states: seen.size, story: [], fault: null };
  });
