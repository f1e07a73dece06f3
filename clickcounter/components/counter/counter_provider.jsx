/* A counter's page in this tab: it hands on what Reflex brings, and gives its view to whatever is drawn inside. */
import { createContext, useContext, useEffect, useRef, useSyncExternalStore } from "react";
import { useParams } from "react-router";
import {
  DEFAULT_COUNTER,
  NOTHING,
  allowed,
  credited,
  dismiss,
  handlers,
  identified,
  introduce,
  line,
  outboxOf,
  recall,
  relabel,
  said,
  signedInOrOut,
  start,
  subscribe,
  viewOf,
} from "./tab.js";
import { isGone, mayPress, takes, wayOf } from "./way.js";
import { Both, Icon, T, WordsOf, grouped, isolated, signed, useWords } from "./words.jsx";

/** How far the counter is, see way.js; a number that nobody has confirmed is on no way. */
export const useWay = () => {
  const { about, known, value } = useView();
  return wayOf(value, (known && about) || {});
};

export { Both, Icon, T, dismiss, grouped, signed, useWords };

const SPREAD = 300; // ms
const PATIENCE = 2500; // ms without a number after which the last known one has to do

const Counter = createContext(DEFAULT_COUNTER);

export const useCounter = () => useContext(Counter);

export const useView = () => {
  const counter = useCounter();
  return useSyncExternalStore(subscribe, () => viewOf(counter), () => NOTHING);
};

/** A press of so much, or of one step; false where it cannot be made. */
export const press = (counter, amount = stepOf(counter)) =>
  takes(viewOf(counter), amount) && outboxOf(counter).press(amount);

const stepOf = (counter) => viewOf(counter).about?.step ?? 1;

export const minus = (counter) => press(counter, -stepOf(counter));

export const undo = (counter) => canUndo(viewOf(counter)) && outboxOf(counter).undo();

export const canUndo = (view) => !!view.undoable && !view.about?.archived && mayPress(view);

/** Runs once for each new object that Reflex hands over; React may hand one over again when a page is mounted. */
const seen = {};
const useNews = (kind, news, hear) =>
  useEffect(() => {
    if (!news?.counter || news === seen[kind]) return;
    seen[kind] = news;
    hear(news);
  }, [news]);

export const CounterTab = ({ frame, about, answer, mine, own, down, texts = {}, onRecord, onIntroduce, onNudge, children }) => {
  const counter = useParams().slug ?? DEFAULT_COUNTER;
  const arrived = useRef(null);
  Object.assign(handlers, { record: onRecord, introduce: onIntroduce, nudge: onNudge });

  useEffect(() => {
    if (arrived.current === counter) return;
    arrived.current = counter;
    start();
    outboxOf(counter).arrive();
    const timer = setTimeout(() => recall(counter), PATIENCE);
    return () => clearTimeout(timer);
  }, [counter]);

  useNews("about", about, said);
  useNews("frame", frame, (news) => {
    outboxOf(news.counter).frame(news);
    line.heard();
  });
  useNews("answer", answer, (news) => {
    outboxOf(news.counter).answer(news);
    credited(news);
    line.heard();
  });
  useNews("mine", mine, (news) => {
    allowed(news);
    identified(news);
    if (!news.round) return; // of a counter that may not be seen
    relabel(news.label, news.number);
    outboxOf(news.counter).introduced(news);
  });

  useNews("own", own, (news) => (news.account ? identified(news) : signedInOrOut()));

  useEffect(() => {
    if (!down) return;
    line.lost();
    recall(counter);
  }, [down, counter]);

  return (
    <WordsOf value={texts}>
      <Counter.Provider value={counter}>
        <Introduction />
        <Sky />
        {children}
      </Counter.Provider>
    </WordsOf>
  );
};

/** Once for each connection: other tabs and other visits of this browser may have pressed too. Again when something was set
 * about the counter, not by everybody at once; and where it is for members only, as this browser may be one's. */
const Introduction = () => {
  const counter = useCounter();
  const { about, link, problem } = useView();
  const keptOut = problem?.code === "members_only";
  const due = link === "connected" || keptOut;
  const before = useRef(null);
  useEffect(() => {
    if (!due) return;
    const again = before.current === counter;
    before.current = counter;
    const timer = setTimeout(introduce, again ? Math.random() * SPREAD : 0, counter);
    return () => clearTimeout(timer);
  }, [counter, due, keptOut, about?.revision]);
  return null;
};

/** The page around the number: the sky's weather, the sun's colour, and the number in the browser's own tab. */
const Sky = () => {
  const { link, known, value, about, problem } = useView();
  const { state } = useWay();
  const clear = link === "connected" && known && !isGone(problem) && !about?.archived;
  const sky = !clear ? "overcast" : { full: "eclipse", near: "warn" }[state] ?? "clear";
  useEffect(() => {
    document.documentElement.dataset.sky = sky;
  }, [sky]);
  useEffect(() => {
    document.documentElement.dataset.colour = about?.colour ?? "";
  }, [about?.colour]);
  useEffect(() => {
    document.title = [known && grouped(value), isolated(about?.name ?? ""), "Click Counter"].filter(Boolean).join(" · ");
  }, [known, value, about?.name]);
  return null;
};
