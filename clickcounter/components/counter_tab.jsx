/* Between Reflex and the outbox: frames and answers go in, batches come out, and whatever is drawn inside looks at the view. */
import { createContext, useContext, useEffect, useRef, useSyncExternalStore } from "react";
import { useParams } from "react-router";
import { hex } from "./key.js";
import { createLine } from "./line.js";
import { createOutbox } from "./outbox.js";
import { createStore } from "./store.js";

const DEFAULT_COUNTER = "counter";
const NUDGE = 3000; // ms between two attempts to have Reflex connect again
const PATIENCE = 2500; // ms without a number after which the last known one has to do
const SWEEP = 10000; // ms between two looks for clicks of tabs that are gone
// What a page shows before the browser has run anything.
const NOTHING = { ...createOutbox({}).view(), link: "connecting", refused: [], forgetful: false };

const outboxes = new Map(); // one a counter; it outlives the page, so that navigating away loses no click
const listeners = new Set();
let record = null; // the newest event handlers that Reflex gave us
let nudge = null;
let views = new Map(); // of every counter, made anew when anything changed
let lastFrame = null; // React may hand the same one over again when a page is mounted
let lastAnswer = null;

const changed = () => {
  views = new Map();
  listeners.forEach((listener) => listener());
};

const line = createLine(() => {
  outboxes.forEach((outbox) => outbox.link(line.isUp()));
  changed();
});

let device = null; // a promise of its secret
let store = null;
let forgetful = false; // this browser stores nothing for us
let refused = []; // clicks refused for good that nobody has read of yet

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

/** Keep the page itself for when there is no connection; only https and localhost allow that. */
const keepPage = async () => {
  if (!import.meta.env.PROD || !navigator.serviceWorker) return;
  await navigator.serviceWorker.register("/sw.js");
  const { active } = await navigator.serviceWorker.ready;
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const ours = loaded.filter((name) => /^\/(assets|fonts)\//.test(new URL(name).pathname) && name.startsWith(location.origin));
  active.postMessage({ keep: [location.pathname, ...ours] });
};

/** Everything that needs a browser, once. */
const start = () => {
  if (store) return;
  const onTrouble = () => {
    forgetful = true;
    changed();
  };
  store = createStore({ tab: hex(8), onTrouble });
  device = store.device(hex(16));
  readRefused();
  sweep();
  setInterval(sweep, SWEEP);
  // Reflex does not connect again by itself after some disconnects; any event makes it try.
  setInterval(() => !line.isUp() && nudge?.(), NUDGE);
  addEventListener("offline", line.lost);
  addEventListener("online", () => nudge?.());
  addEventListener("pagehide", rememberNumbers);
  document.addEventListener("visibilitychange", rememberNumbers);
  keepPage().catch(() => {}); // a page that cannot be kept is still a page
};

const lastName = (counter) => `clickcounter.last.${counter}`;

/** For a visit without a connection. */
const rememberNumbers = () => {
  outboxes.forEach((outbox, counter) => {
    const last = outbox.last();
    try {
      if (last) localStorage.setItem(lastName(counter), JSON.stringify(last));
    } catch {
      // then the next visit waits for the server
    }
  });
};

const recall = (counter) => {
  try {
    outboxOf(counter).recall(JSON.parse(localStorage.getItem(lastName(counter))));
  } catch {
    outboxOf(counter).recall(null);
  }
};

const outboxOf = (counter) => {
  if (!outboxes.has(counter)) {
    const outbox = createOutbox({
      changed,
      deliver: async (sentAt, clicks) => record?.(counter, await device, sentAt, clicks),
      keep: (click) => {
        announce("press", counter, click.key);
        store.keep(counter, click).then((kept) => kept && announce("kept", counter, click.key));
      },
      drop: (keys) => store.drop(keys),
      refuse: (click, why) => store.refuse(counter, click, why).then(readRefused),
    });
    outboxes.set(counter, outbox);
    outbox.link(line.isUp());
  }
  return outboxes.get(counter);
};

/** What a counter's page shows; `unsaved` counts the clicks of every counter that this tab still holds. */
const viewOf = (counter) => {
  if (!views.has(counter)) {
    const view = outboxOf(counter).view();
    const link = !view.known ? "connecting" : view.confirmed && line.isUp() ? "connected" : "reconnecting";
    const unsaved = [...outboxes.values()].reduce((sum, outbox) => sum + outbox.view().unsaved, 0);
    const mine = refused.filter((click) => click.counter === counter);
    views.set(counter, { ...view, link, unsaved, refused: mine, forgetful });
  }
  return views.get(counter);
};

const subscribe = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

const Counter = createContext(DEFAULT_COUNTER);

export const useCounter = () => useContext(Counter);

export const useView = () => {
  const counter = useCounter();
  return useSyncExternalStore(subscribe, () => viewOf(counter), () => NOTHING);
};

export const press = (counter) => outboxOf(counter).press();

/** A text in both languages; CSS shows the one of html[lang]. `n` takes the place of {n}, grouped. */
export const Both = ({ of, n }) =>
  ["ru", "en"].map((lang) => (
    <span key={lang} lang={lang}>
      {n === undefined ? of[lang] : of[lang].replace("{n}", grouped(n))}
    </span>
  ));

export const grouped = (n) => String(n).replace("-", "−").replace(/\B(?=(\d{3})+$)/g, "\u00a0");

export const Icon = ({ d, className = "" }) => (
  <svg className={`ico ${className}`} viewBox="0 0 24 24" aria-hidden="true">
    <path d={d} />
  </svg>
);

export const CounterTab = ({ frame, answer, name, down, onRecord, onNudge, children }) => {
  const counter = useParams().slug ?? DEFAULT_COUNTER;
  const arrived = useRef(null);
  record = onRecord;
  nudge = onNudge;

  useEffect(() => {
    if (arrived.current === counter) return;
    arrived.current = counter;
    start();
    outboxOf(counter).arrive();
    const timer = setTimeout(() => recall(counter), PATIENCE);
    return () => clearTimeout(timer);
  }, [counter]);

  useEffect(() => {
    if (!frame?.counter || frame === lastFrame) return;
    lastFrame = frame;
    outboxOf(frame.counter).frame(frame);
    line.heard();
  }, [frame]);

  useEffect(() => {
    if (!answer?.counter || answer === lastAnswer) return;
    lastAnswer = answer;
    outboxOf(answer.counter).answer(answer);
    line.heard();
  }, [answer]);

  useEffect(() => {
    if (!down) return;
    line.lost();
    recall(counter);
  }, [down, counter]);

  return (
    <Counter.Provider value={counter}>
      <Sky name={name} />
      {children}
    </Counter.Provider>
  );
};

/** The page around the number: the sky's weather, and the number in the browser's own tab. */
const Sky = ({ name }) => {
  const { link, known, value, problem } = useView();
  const clear = link === "connected" && known && problem?.code !== "no_counter";
  useEffect(() => {
    document.documentElement.dataset.sky = clear ? "clear" : "overcast";
  }, [clear]);
  useEffect(() => {
    document.title = [known && grouped(value), name, "Click Counter"].filter(Boolean).join(" · ");
  }, [known, value, name]);
  return null;
};
