/* The door to counting mode: a few lines on the counter's page, which load the rest when somebody enters. */
import { useEffect, useState, useSyncExternalStore } from "react";
import { Signals } from "../feedback/entrance.jsx";
import { T } from "../shared/i18n.jsx";
import { enter, isCounting, leave, putPageBehind, subscribe } from "./address.js";

const SAID_FOR = 5000; // ms
const DOUBLE_CLICK = 500; // ms, the longest in common systems

const load = () => import("./counting_mode.jsx"); // apart: Vite would load its style outside of a then() that follows here

export const CountingMode = ({ children }) => {
  const counting = useSyncExternalStore(subscribe, isCounting, () => false);
  const [Mode, setMode] = useState(null);
  const [failed, setFailed] = useState(false);
  useEffect(putPageBehind, []);
  useEffect(() => {
    if (!counting) return;
    const fail = () => {
      setFailed(true);
      leave();
    };
    load().then((module) => setMode(() => module.default), fail);
  }, [counting]);
  useEffect(() => {
    if (!failed) return;
    const timer = setTimeout(setFailed, SAID_FOR, false);
    return () => clearTimeout(timer);
  }, [failed]);

  const onClick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !event.target.closest("[href='?mode=count']")) return;
    event.preventDefault();
    enter();
  };
  const inMode = counting && Mode !== null;
  const left = useTrueFor(DOUBLE_CLICK, !inMode);
  return (
    <>
      {/* The page stays: its keys, its dialogs' calls and what listens to devices go on working. */}
      <div hidden={inMode} onClick={onClick}>
        {children}
      </div>
      {inMode ? <Mode /> : <Signals />}
      {left && <div className="mode-left" />}
      {failed && (
        <p className="menu corner sentence" role="alert">
          <T id="offline" />
        </p>
      )}
    </>
  );
};

/** Whether `now` has become true within this time, in ms: already in the first picture. */
const useTrueFor = (time, now) => {
  const [settled, setSettled] = useState(now);
  useEffect(() => {
    if (!now) return setSettled(false);
    const timer = setTimeout(setSettled, time, true);
    return () => clearTimeout(timer);
  }, [time, now]);
  return now && !settled;
};
