/* What this tab knows of every counter it has shown, between Reflex and the outboxes: frames and answers go in, batches come
 * out, and whatever is drawn looks at the views.
 *
 * It outlives the pages, so that navigating away loses no click.
 */
import { onAccountNews, reopenSocket } from "./account_news.js";
import { hex } from "./key.js";
import { createLine } from "./line.js";
import { createOutbox } from "./outbox.js";
import { createStore } from "./store.js";

const NUDGE = 3000; // ms between two attempts to have Reflex connect again
const SWEEP = 10000; // ms between two looks for clicks of tabs that are gone
const DEVICE = { label: null, number: null }; // until the server has told; an empty label is none

export const DEFAULT_COUNTER = "counter";
// What a page shows before the browser has run anything.
export const NOTHING = {
  ...createOutbox({}).view(),
  about: null,
  device: DEVICE,
  rights: null,
  person: null,
  link: "connecting",
  refused: [],
  forgetful: false,
};

/** The newest event handlers that Reflex gave us. */
export const handlers = { record: null, introduce: null, nudge: null };

const outboxes = new Map(); // one a counter
const abouts = new Map(); // what is said of each counter
const listeners = new Set();
let views = new Map(); // of every counter, made anew when anything changed
let secret = null; // a promise of this browser's
let store = null;
let device = DEVICE;
const rights = new Map(); // what whoever is here may do with each counter, as the server told last
const persons = new Map(); // who is signed in and their part of a counter's round, as the server told it last
let forgetful = false; // this browser stores nothing for us
let refused = []; // clicks refused for good that nobody has read of yet
let asked = false; // to keep the page

const changed = () => {
  views = new Map();
  listeners.forEach((listener) => listener());
};

export const line = createLine(() => {
  outboxes.forEach((outbox) => outbox.link(line.isUp()));
  changed();
  if (line.isUp()) keepPage().catch(() => {}); // a page that cannot be kept is still a page
});

export const subscribe = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The secret by which the server knows this browser's clicks. */
export const deviceSecret = () => secret;

const announce = (what, counter, key) =>
  dispatchEvent(new CustomEvent(`clickcounter:${what}`, { detail: { counter, key } }));

const sweep = async () => {
  const leftovers = await store.leftovers();
  new Set(leftovers.map((click) => click.counter)).forEach((counter) =>
    outboxOf(counter).adopt(leftovers.filter((click) => click.counter === counter)),
  );
};

const readRefused = async () => {
  refused = await store.refused();
  changed();
};

/** The person has read why these clicks do not count. */
export const dismiss = async (counter) => {
  const read = refused.filter((click) => click.counter === counter).map((click) => click.key);
  refused = refused.filter((click) => click.counter !== counter);
  changed();
  await store.drop(read);
};

/** Keep the page itself for when there is no connection; only https and localhost allow that.
 *
 * Once the number is there: the worker has much to do, and a slow phone or line would show the number later for it.
 */
const keepPage = async () => {
  if (asked || !import.meta.env.PROD || !navigator.serviceWorker) return;
  asked = true;
  await navigator.serviceWorker.register("/sw.js");
  const { active } = await navigator.serviceWorker.ready;
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const ours = loaded.filter((name) => /^\/(assets|fonts)\//.test(new URL(name).pathname) && name.startsWith(location.origin));
  active.postMessage({ keep: [location.pathname, ...ours] });
};

const onTrouble = () => {
  forgetful = true;
  changed();
};

const onNews = ({ counter, label, ...news }) => {
  if (label !== undefined) relabel(label);
  if (outboxes.has(counter)) outboxes.get(counter).hear(news);
};

/** Everything that needs a browser, once. */
export const start = () => {
  if (store) return;
  store = createStore({ tab: hex(8), onTrouble, onNews });
  secret = store.device(hex(16));
  readRefused();
  sweep();
  setInterval(sweep, SWEEP);
  // Reflex does not connect again by itself after some disconnects; any event makes it try.
  setInterval(() => !line.isUp() && handlers.nudge?.(), NUDGE);
  onAccountNews(signedInOrOut);
  addEventListener("offline", line.lost);
  addEventListener("online", () => handlers.nudge?.());
  addEventListener("pagehide", remember);
  document.addEventListener("visibilitychange", remember);
};

/** Whoever it was is not any more; the new socket tells who it is now. */
export const signedInOrOut = () => {
  persons.clear();
  rights.clear();
  line.lost();
  reopenSocket(handlers.nudge);
};

/** The server's word on who is signed in, and on what they have added to the round; never an older one after a newer. */
export const identified = ({ counter, account, round, revision }) => {
  if (account && revision < persons.get(counter)?.revision) return;
  if (account) persons.set(counter, { ...account, round, revision });
  else persons.clear();
  changed();
};

/** The same that came with an answer. Without it: somebody signed out elsewhere, or all was saved before. */
export const credited = ({ counter, account, round, revision, codes }) => {
  const person = persons.get(counter);
  if (!person) return;
  if (account) identified({ counter, account: { ...person, up: account[0], down: account[1] }, round, revision });
  else if (Object.values(codes).includes("saved")) introduce(counter);
};

const lastName = (counter) => `clickcounter.last.${counter}`;

/** For a visit without a connection. */
const remember = () => {
  outboxes.forEach((outbox, counter) => {
    const last = outbox.last();
    try {
      if (last) localStorage.setItem(lastName(counter), JSON.stringify({ ...last, about: abouts.get(counter) }));
    } catch {
      // then the next visit waits for the server
    }
  });
};

export const recall = (counter) => {
  let last = null;
  try {
    last = JSON.parse(localStorage.getItem(lastName(counter)));
  } catch {
    // then there is nothing to show until the server has answered
  }
  if (last?.about && !abouts.has(counter)) abouts.set(counter, { ...last.about, at: 0 });
  outboxOf(counter).recall(last);
};

/** Ask what this browser added to a counter. */
export const introduce = async (counter) => handlers.introduce?.(counter, await secret);

export const outboxOf = (counter) => {
  if (!outboxes.has(counter)) {
    const outbox = createOutbox({
      changed,
      deliver: async (sentAt, clicks) => handlers.record?.(counter, await secret, sentAt, clicks),
      keep: (click) => {
        announce("press", counter, click.key);
        store.keep(counter, click).then((kept) => kept && announce("kept", counter, click.key));
      },
      drop: (keys) => store.drop(keys).then(() => refused.some(({ key }) => keys.includes(key)) && readRefused()),
      refuse: (click, why) => store.refuse(counter, click, why).then(readRefused),
      tell: (news) => store.tell({ counter, ...news }),
      wonder: () => introduce(counter),
    });
    outboxes.set(counter, outbox);
    outbox.link(line.isUp());
  }
  return outboxes.get(counter);
};

/** The newest word on a counter counts, whichever way it came. */
export const said = (about) => {
  if (about.at < abouts.get(about.counter)?.at) return;
  abouts.set(about.counter, about);
  changed();
};

/** What the server says that whoever is here may do. */
export const allowed = ({ counter, rights: may }) => {
  rights.set(counter, may);
  changed();
};

/** This browser has a label now, or is known to have none. */
export const relabel = (label, number = device.number) => {
  device = { label, number };
  changed();
};

export const labelled = (label) => {
  relabel(label);
  store.tell({ label });
};

/** Of a round that began meanwhile they have nothing yet. */
const personOf = (counter, round) => {
  const person = persons.get(counter) ?? null;
  return person && person.round !== round ? { ...person, up: 0, down: 0 } : person;
};

/** What a counter's page shows; `unsaved` counts the clicks of every counter that this tab still holds. */
export const viewOf = (counter) => {
  if (!views.has(counter)) {
    const view = outboxOf(counter).view();
    const link = !view.known ? "connecting" : view.confirmed && line.isUp() ? "connected" : "reconnecting";
    const unsaved = [...outboxes.values()].reduce((sum, outbox) => sum + outbox.view().unsaved, 0);
    const ours = refused.filter((click) => click.counter === counter);
    const [about, may] = [abouts.get(counter) ?? null, rights.get(counter) ?? null];
    const person = personOf(counter, view.round);
    views.set(counter, { ...view, link, unsaved, refused: ours, forgetful, device, person, rights: may, about });
  }
  return views.get(counter);
};
