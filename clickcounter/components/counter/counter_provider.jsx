/* Connects a counter's page to its state: hands on what Reflex brings, and gives the view to everything inside. */
import { createContext, useContext, useEffect, useRef, useSyncExternalStore } from "react";
import { useParams } from "react-router";
import { canPress, isUnavailable, mayPress } from "../outbox/press_rules.js";
import { DEFAULT_COUNTER } from "../shared/constants.js";
import { TextsProvider, isolateDirection, useFormats } from "../shared/i18n.jsx";
import { formatNumber } from "../shared/numbers.js";
import { progressOf } from "../shared/progress.js";
import { createPressTimes } from "./press_times.js";
import {
  EMPTY_VIEW,
  connection,
  handlers,
  introduce,
  outboxOf,
  receiveAbout,
  receiveOwn,
  receivePerson,
  receivePersonTotals,
  receiveRights,
  restoreLastVisit,
  setDevice,
  start,
  subscribe,
  viewOf,
} from "./tab_store.js";

const INTRODUCE_WITHIN = 300; // ms
const RESTORE_AFTER = 2500; // ms without a number from the server, after which the last known one is shown

const Counter = createContext(DEFAULT_COUNTER);

/** The counter of this page, by the name in its address. */
export const useCounter = () => useContext(Counter);

export const useView = () => {
  const counter = useCounter();
  return useSyncExternalStore(subscribe, () => viewOf(counter), () => EMPTY_VIEW);
};

/** How far the counter is, see progress.js; a number that is not known is nowhere. */
export const useProgress = () => {
  const { about, known, value } = useView();
  return progressOf(value, (known && about) || {});
};

const pressTimes = createPressTimes({
  isConnected: connection.isUp,
  report: (times) => handlers.reportTimes?.(times),
});

const stepOf = (counter) => viewOf(counter).about?.step ?? 1;

/** Tell the page what came of an attempt to press or undo: the amount that was added, 0 if it was refused. */
const tell = (counter, amount) =>
  dispatchEvent(new CustomEvent("clickcounter:attempt", { detail: { counter, amount: amount || 0 } }));

/** A press of an amount, or of one step. Returns false if it cannot be made. */
export const press = (counter, amount = stepOf(counter)) => {
  const made = canPress(viewOf(counter), amount) && outboxOf(counter).press(amount);
  tell(counter, made && amount);
  return made;
};

export const pressMinus = (counter) => press(counter, -stepOf(counter));

export const undo = (counter) => {
  const view = viewOf(counter);
  const made = canUndo(view) && outboxOf(counter).undo();
  tell(counter, made && -view.undoable.amount);
  return made;
};

export const canUndo = (view) => !!view.undoable && !view.about?.archived && mayPress(view);

/** Runs `receive` once for each new message from Reflex. React may pass an old one again when a page is mounted. */
const received = {};
const useMessage = (kind, message, receive) =>
  useEffect(() => {
    if (!message?.counter || message === received[kind]) return;
    received[kind] = message;
    receive(message);
  }, [message]);

export const CounterProvider = ({ frame, about, answer, mine, own, disconnected, texts = {}, children, ...events }) => {
  const counter = useParams().slug ?? DEFAULT_COUNTER;
  const opened = useRef(null);
  const { onRecord: record, onIntroduce: introduce, onReportTimes: reportTimes, onNudge: nudge } = events;
  Object.assign(handlers, { record, introduce, reportTimes, nudge });

  useEffect(() => {
    if (opened.current === counter) return;
    opened.current = counter;
    start();
    outboxOf(counter).open();
    const timer = setTimeout(() => restoreLastVisit(counter), RESTORE_AFTER);
    return () => clearTimeout(timer);
  }, [counter]);

  useMessage("about", about, receiveAbout);
  useMessage("frame", frame, (message) => {
    outboxOf(message.counter).receiveFrame(message);
    connection.markAlive();
  });
  useMessage("answer", answer, (message) => {
    outboxOf(message.counter).receiveAnswer(message);
    receivePersonTotals(message);
    pressTimes.receiveCodes(message.codes);
    connection.markAlive();
  });
  useMessage("mine", mine, (message) => {
    receiveRights(message);
    receivePerson(message);
    if (message.timed) pressTimes.start();
    if (!message.round) return; // of a counter that the viewer may not see
    setDevice(message.label, message.number);
    outboxOf(message.counter).receiveTotals(message);
  });
  useMessage("own", own, receiveOwn);

  useEffect(() => {
    if (!disconnected) return;
    connection.markLost();
    pressTimes.forget();
    restoreLastVisit(counter);
  }, [disconnected, counter]);

  return (
    <TextsProvider value={texts}>
      <Counter.Provider value={counter}>
        <Introduction />
        <PageLook />
        {children}
      </Counter.Provider>
    </TextsProvider>
  );
};

/** Introduces this browser once for each connection: its other tabs and visits may have pressed, too. Again when the counter's
 * settings change, but not in all tabs at the same moment; and when the counter becomes members-only: this may be a member's browser. */
const Introduction = () => {
  const counter = useCounter();
  const { about, connection: status, problem } = useView();
  const membersOnly = problem?.code === "members_only";
  const due = status === "connected" || membersOnly;
  const introduced = useRef(null);
  useEffect(() => {
    if (!due) return;
    const again = introduced.current === counter;
    introduced.current = counter;
    const timer = setTimeout(introduce, again ? Math.random() * INTRODUCE_WITHIN : 0, counter);
    return () => clearTimeout(timer);
  }, [counter, due, membersOnly, about?.revision]);
  return null;
};

/** The page around the number: the sky, the sun's colour, and the number in the title of the browser's tab. */
const PageLook = () => {
  const { connection: status, known, value, about, problem } = useView();
  const { state } = useProgress();
  const clear = status === "connected" && known && !isUnavailable(problem) && !about?.archived;
  const sky = !clear ? "overcast" : ({ full: "eclipse", near: "warn" }[state] ?? "clear");
  useEffect(() => {
    document.documentElement.dataset.sky = sky;
  }, [sky]);
  useEffect(() => {
    document.documentElement.dataset.colour = about?.colour ?? "";
  }, [about?.colour]);
  useEffect(() => {
    const parts = [known && formatNumber(value), isolateDirection(about?.name ?? ""), "Click Counter"];
    document.title = parts.filter(Boolean).join(" · ");
    const icon = document.querySelector("meta[name=apple-mobile-web-app-title]"); // what an icon for this page is called
    icon?.setAttribute("content", about?.name || "Click Counter");
  }, [known, value, about?.name, useFormats()]);
  return null;
};
