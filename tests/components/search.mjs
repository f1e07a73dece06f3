/* Every order in which a few things can happen to an outbox, and what must hold after each of them. */
import { EVENTS } from "./events.mjs";
import { inFakeTime } from "./time.mjs";
import { isRefused, World } from "./world.mjs";

// What happens only so often in one story; everything else may happen at any time.
const SCARCE = {
  presses: ["a press", "a press too much"],
  minus: ["a press down"],
  undos: ["an undo"],
  news: ["another's click", "another's click back", "a reset"],
  trouble: [
    "a delivery, to come twice",
    "a delivery lost",
    "a delivery put off",
    "a delivery put off, and recorded yet",
    "an answer, to come twice",
    "an answer lost",
    "the resend timer",
    "the line lost",
    "another page and back",
  ],
  visits: ["closed and reopened"],
  quiet: ["a quiet while"], // only to end a story
};
const LIMITED = Object.keys(SCARCE);
const used = ({ happened }) =>
  LIMITED.map((kind) => SCARCE[kind].reduce((sum, event) => sum + (happened[event] ?? 0), 0));

const possible = (world, most) => {
  const times = used(world);
  const over = LIMITED.filter((kind, index) => times[index] >= (most[kind] ?? 0)).flatMap((kind) => SCARCE[kind]);
  return Object.keys(EVENTS).filter((event) => !over.includes(event) && EVENTS[event].can(world));
};

/** What is wrong in this state, as a sentence; null when nothing is. */
const wrong = ({ broken, clicks, disk, outbox, server }) => {
  if (broken) return broken;
  for (const { key, code } of clicks) {
    const stored = !disk.has(key) ? "saved" : disk.get(key).why?.code;
    const expected = code === "moot" ? "saved" : code;
    if (stored !== expected) return `a click is ${stored ?? "unsaved"} on the disk, and the tab was told ${code ?? "nothing"}`;
  }
  const { known, mine, revision, round, unsaved, value } = outbox.view();
  const untold = clicks.filter(({ code, stray, adopted }) => !code && (!stray || adopted));
  if (unsaved !== untold.length) return `${unsaved} are said to be unsaved, and the tab was not told of ${untold.length}`;
  if (!known) return value === null ? null : "a number is shown that nobody has confirmed";
  const snapshot = server.snapshots[revision];
  if (snapshot?.round !== round) return `no revision ${revision} of round ${round} was ever committed`;
  const own = clicks.filter((click) => click.round === round && !isRefused(click) && !click.stray);
  const missing = own.filter(({ key }) => !snapshot.keys.includes(key));
  const right = missing.reduce((sum, { amount }) => sum + amount, snapshot.value);
  if (value !== right) return `${value} is shown, but revision ${revision} and the clicks it lacks make ${right}`;
  const sum = own.reduce((total, { amount }) => total + amount, 0);
  const unclear = clicks.some((click) => click.stray || MAY_FIND_ROOM.includes(click.code));
  if (!mine || mine.guessed || unclear || mine.up + mine.down === sum) return null;
  return `${mine.up} and ${mine.down} are said to be this device's, and its clicks make ${sum}`;
};

const MAY_FIND_ROOM = ["full", "floor"]; // when the batch comes twice

const QUIET = "a quiet while";
const TIMERS = ["the pacing timer", "the resend timer"];
const ENDING = ["the line back", "a delivery", "an answer", "a frame", ...TIMERS, "a word on what is mine"];

/** Let everything arrive, and again after a quiet while. Returns what is wrong on the way or in the end. */
const settle = (world) => {
  for (let step = 0; step < 100; step += 1) {
    const event = ENDING.find((name) => EVENTS[name].can(world)) ?? QUIET;
    world.tell(event);
    const fault = wrong(world);
    if (fault) return fault;
    if (event === QUIET && world.happened[QUIET] === 2) break;
  }
  const { clicks, outbox, server } = world;
  const { mine, undoable, value, unsaved } = outbox.view();
  if (unsaved) return `${unsaved} stayed unsaved`;
  if (value !== server.value) return `${value} stayed shown, and the server has ${server.value}`;
  for (const { key, round, code } of clicks) {
    const rows = server.ledger.filter((row) => row.key === key).map((row) => row.round);
    if (MAY_FIND_ROOM.includes(code) && `${rows}` === `${round}`) continue; // and its second answer was lost
    if (`${rows}` !== (isRefused({ code }) ? "" : `${round}`)) return `a click of round ${round} counts in [${rows}]`;
  }
  const { up, down, last } = server.mine();
  if (clicks.some(({ code }) => MAY_FIND_ROOM.includes(code))) return null;
  if (mine && (mine.up !== up || mine.down !== down)) return `${[mine.up, mine.down]} stayed said to be mine, not ${[up, down]}`;
  if (mine && !undoable !== !last) return "it stayed unclear whether something can be taken back";
  return null;
};

/** Everything that the future depends on. It asks the outbox for what that hides, so the world is of no use afterwards.
 *
 * Left out: clocks and how long a resend waits, as only whether a timer is set decides what can happen. Of revisions only
 * their order matters. */
const fingerprint = (world) => {
  const { answers, clicks, deliveries, frames, linked, outbox, remembered, server } = world;
  const views = [outbox.view()];
  const recalled = !outbox.last();
  outbox.recall(null); // so that the base is shown
  views.push(outbox.view());
  const codes = Object.fromEntries(clicks.map(({ key }) => [key, "saved"]));
  outbox.answer({ sent_at: null, codes, error: null, value: null, revision: null, round: null, sentences: {} });
  views.push(outbox.view()); // nothing flies any more, so that what was kept aside is shown

  const told = [...answers, ...views, remembered ?? {}].map(({ revision }) => revision);
  const alive = [world.shown, server.revision, ...frames, ...told];
  const order = [...new Set(alive)].filter(Boolean).sort((a, b) => a - b);
  const place = (revision) => order.indexOf(revision);
  const number = (key) => clicks.findIndex((click) => click.key === key);
  return JSON.stringify([
    views.map(({ known, value, revision, unsaved }) => [known, value, place(revision), unsaved]),
    views.map(({ problem, pressed, mine, undoable }) => [problem?.code, pressed, mine, number(undoable?.key)]),
    order.map((revision) => server.snapshots[revision]).map(({ value, round, keys }) => [value, round, keys.map(number)]),
    [place(world.shown), place(remembered?.revision), recalled, linked],
    [world.rested(), !!world.pacing(), !!world.resending()],
    clicks.map(({ amount, round, of, sent, code, stray, adopted, learned }) => [
      [amount, round, number(of), sent, code],
      [stray, adopted, learned],
    ]),
    deliveries.map((delivery) => [delivery.orphaned, delivery.clicks.map(({ key }) => number(key))]),
    answers.map(({ revision, codes, mine }) => [place(revision), Object.keys(codes).map(number), Object.values(codes), mine]),
    frames.map(place),
    [server.round, server.closed, world.wondering],
  ]);
};

/** Tell every story in which nothing scarce happens more often than `most` says, the shortest first, one for each state.
 * Returns how many states there are, and the first story that breaks a promise. */
export const search = (createOutbox, most) =>
  inFakeTime(() => {
    const tell = (story) => {
      const world = new World(createOutbox, most);
      story.forEach((event) => world.tell(event));
      return world;
    };
    const seen = new Map(); // state: what was used up to come to it, in ways of which none is cheaper than another
    const cheaper = (used, than) => used.every((times, index) => times <= than[index]);
    let stories = [{ story: [], events: possible(tell([]), most) }];
    while (stories.length) {
      const longer = [];
      for (const before of stories) {
        for (const event of before.events) {
          const story = [...before.story, event];
          const world = tell(story);
          const fault = wrong(world);
          if (fault) return { states: seen.size, story, fault };
          const cost = used(world);
          const events = possible(world, most);
          const state = fingerprint(world);
          const ways = seen.get(state) ?? [];
          if (ways.some((way) => cheaper(way, cost))) continue;
          if (!ways.length) {
            const late = settle(tell(story));
            if (late) return { states: seen.size, story: [...story, "and then all arrives"], fault: late };
          }
          seen.set(state, [...ways, cost]);
          longer.push({ story, events });
        }
      }
      stories = longer;
    }
    return { states: seen.size, story: [], fault: null };
  });
