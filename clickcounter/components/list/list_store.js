/* Between Reflex and the list: what somebody looks for goes out, pages come in, and whatever is drawn inside looks at the view. */
import { useEffect, useRef, useSyncExternalStore } from "react";
import { onAccountNews, reopenSocket } from "./account_news.js";
import { ask, replied } from "./asks.js";
import { hex } from "./key.js";
import { createLine } from "./line.js";
import { createStore } from "./store.js";

const QUIET = 2800; // ms without a word after which the question is asked again; a healthy list is heard every 2 to 2.5 s
const LOOK_ROUND = 500; // ms
const PATIENCE = 500; // ms that the list waits for the browser's own storage
const SILENCE = { en: "The server does not answer; try again.", ru: "Сервер не отвечает, попробуйте ещё раз." };

// It outlives the page, so that a visit to a counter and back finds the list as it was.
let wish = { search: "", archived: false, before: [] }; // `before`: the cursors of this page and those before it
let board = null; // the newest page that came
let problem = null;
let made = null; // the slug of the counter made last, until it was looked at
let handlers = {}; // the newest that Reflex gave us
let askedAt = -Infinity;
let heardAt = -Infinity;
let cut = false; // Reflex knows that it has no connection
let store = null;
const listeners = new Set();

const viewNow = () => ({
  ...wish,
  board,
  problem,
  made,
  fits: board !== null && fits(board), // the page is the answer to what is asked now
  link: board === null ? "connecting" : line.isUp() ? "connected" : "reconnecting",
});

const changed = () => {
  view = viewNow();
  listeners.forEach((listener) => listener());
};

const line = createLine(() => changed());
const cursor = () => wish.before.at(-1) ?? null;
const fits = (page) => page.search === wish.search && page.archived === wish.archived && page.before === cursor();
let view = viewNow();
const NOTHING = view;

/** With this browser's secret: what it made without an account is its own, listed or not. */
const askNow = async () => {
  askedAt = performance.now();
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, null));
  const device = await Promise.race([deviceSecret(), late]);
  handlers.look?.(wish.search, wish.archived, cursor(), device);
};

/** Look at something else: a part of a name, the archive, another page. */
export const lookFor = (change) => {
  wish = { ...wish, before: [], ...change };
  problem = null;
  changed();
  askNow();
};

export const deviceSecret = () => {
  store ??= createStore({ tab: hex(8), onTrouble: () => {}, onNews: ({ made }) => made && askNow() });
  return store.device(hex(16));
};

/** This browser's secret, and what the server says to it. */
export const askAs = async (name, ...args) => {
  const answer = await ask(handlers[name], await deviceSecret(), ...args);
  return { ...answer, sentences: answer.sentences ?? SILENCE };
};

/** Make a counter and show the list with it on top. Returns the answer. */
export const make = async (fields) => {
  const answer = await askAs("make", fields);
  if (!answer.error) {
    made = answer.result.slug;
    store.tell({ made }); // it is this browser's: in its other tabs, too
    lookFor({ search: "", archived: false });
  }
  return answer;
};

export const forgetMade = () => {
  made = null;
  changed();
};

const take = (page) => {
  heardAt = performance.now();
  line.heard();
  if (page.error) problem = page;
  else if (fits(page)) [board, problem] = [page, null];
  changed();
};

const subscribe = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useList = () => useSyncExternalStore(subscribe, () => view, () => NOTHING);

export const ListTab = ({ board: page, pulse, reply, down, children, ...given }) => {
  const last = useRef({});
  handlers = {
    look: given.onLook,
    nudge: given.onNudge,
    make: given.onMake,
    change: given.onChange,
    archive: given.onArchive,
    restore: given.onRestore,
    delete: given.onDelete,
  };

  useEffect(() => {
    last.current = { page, pulse, reply }; // what Reflex still has from before is no news
    askNow();
    const timer = setInterval(() => {
      const now = performance.now();
      if (now - heardAt < QUIET || now - askedAt < QUIET) return;
      // Questions would pile up while the line is cut; a nudge only makes Reflex try to connect again.
      if (!cut) return askNow();
      askedAt = now;
      handlers.nudge?.();
    }, LOOK_ROUND);
    return () => clearInterval(timer);
  }, []);

  useEffect(() => {
    if (last.current.page === page || !(page?.rows || page?.error)) return;
    last.current.page = page;
    take(page);
  }, [page]);

  useEffect(() => {
    if (last.current.pulse === pulse || !pulse) return;
    last.current.pulse = pulse;
    heardAt = performance.now();
    line.heard();
  }, [pulse]);

  useEffect(() => replied(reply), [reply]);

  useEffect(() => onAccountNews(() => reopenSocket(askNow)), []); // whoever it is now may see others

  useEffect(() => {
    cut = down;
    if (down) line.lost();
    else if (board !== null) askNow(); // the connection is a new one
  }, [down]);

  return (
    <>
      <Sky />
      {children}
    </>
  );
};

/** Colour means live. */
const Sky = () => {
  const { link } = useList();
  useEffect(() => {
    document.documentElement.dataset.sky = link === "connected" ? "clear" : "overcast";
  }, [link]);
  useEffect(() => {
    document.title = document.documentElement.lang === "ru" ? "Счётчики · Click Counter" : "Counters · Click Counter";
  }, []);
  return null;
};
