/* Signals what happens to the counter of this page: presses however they are made, what is refused, not saved, near, reached. */
import { useEffect, useRef } from "react";
import { useCounter, useProgress, useView } from "../counter/counter_provider.jsx";
import { useWarnings } from "../counter/status_note.jsx";
import { viewOf } from "../counter/tab_store.js";
import { settings } from "./settings.js";
import { signal } from "./signal.js";
import { say } from "./speech.js";

export const UNSAVED_FOR = 30000; // ms

export const useSignals = () => {
  const counter = useCounter();
  const view = useView();
  useAttempts(counter);
  useRefusals(view.refused.length);
  useUnsaved(view.unsavedSince);
  useWarnings(useProgress(), view, (warnings) => signal(warnings === Infinity ? "reached" : "near"));
};

/** The same as a part of a page. */
export default () => {
  useSignals();
  return null;
};

/** Every press and undo on this page, whatever made it: counter_provider.jsx tells. */
const useAttempts = (counter) =>
  useEffect(() => {
    let presses = 0;
    const onAttempt = ({ detail }) => {
      if (detail.counter !== counter) return;
      signal(!detail.amount ? "refused" : detail.amount > 0 ? "plus" : "minus");
      presses += detail.amount ? 1 : 0;
      const { speech } = settings();
      if (detail.amount && speech && presses % speech === 0) say(viewOf(counter).value);
    };
    addEventListener("clickcounter:attempt", onAttempt);
    return () => removeEventListener("clickcounter:attempt", onAttempt);
  }, [counter]);

/** What the server refused. */
const useRefusals = (count) => {
  const last = useRef(count);
  useEffect(() => {
    if (count > last.current) signal("refused");
    last.current = count;
  }, [count]);
};

/** Once, when the oldest press waits for long; again only after everything was saved. */
const useUnsaved = (since) => {
  const signalled = useRef(false);
  useEffect(() => {
    if (since === null) signalled.current = false;
    if (since === null || signalled.current) return;
    const onTime = () => {
      signalled.current = true;
      signal("unsaved");
    };
    const timer = setTimeout(onTime, Math.min(UNSAVED_FOR, Math.max(0, since + UNSAVED_FOR - Date.now())));
    return () => clearTimeout(timer);
  }, [since]);
};
