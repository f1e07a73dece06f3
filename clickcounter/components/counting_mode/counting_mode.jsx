/* The whole screen as a button, to count while looking at people: a number to be read at arm's length, and large areas that
 * count when a finger lands. Loaded when somebody enters it.
 */
import { useEffect, useRef, useState } from "react";
import { Announcement } from "../announcements/entrance.jsx";
import { textId } from "../counter/click_button.jsx";
import { Digits, sizeOf } from "../counter/count.jsx";
import { canUndo, press, pressMinus, undo, useCounter, useProgress, useView } from "../counter/counter_provider.jsx";
import { Action, Note, Progress, SaveStatus, problemNote, stateNote } from "../counter/status_note.jsx";
import { dismissRefused } from "../counter/tab_store.js";
import { useWakeLock } from "../display/wake_lock.js";
import { FeedbackSettings } from "../feedback/feedback_settings.jsx";
import { useSignals } from "../feedback/use_signals.js";
import { canPress, isUnavailable, mayPress } from "../outbox/press_rules.js";
import { InfoDialog } from "../shared/form_dialog.jsx";
import { T, TextsProvider, useTexts } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { formatNumber, formatSigned } from "../shared/numbers.js";
import { leave } from "./address.js";
import { Bar } from "./bar.jsx";
import { COUNTING_TEXTS } from "./constants.js";
import "./counting_mode.css";
import { Unlock, useLock } from "./lock.jsx";
import { useTouches } from "./use_touches.js";

const ACTIONS = { plus: press, minus: pressMinus, undo };

const CountingMode = () => (
  <TextsProvider value={{ ...useTexts(), ...COUNTING_TEXTS }}>
    <Screen />
  </TextsProvider>
);

export default CountingMode;

const Screen = () => {
  const counter = useCounter();
  const surface = useRef(null);
  const [locked, lock] = useLock();
  const [choosing, setChoosing] = useState(false); // the settings are open
  useTouches(surface, locked, (area) => ACTIONS[area](counter));
  useWakeLock();
  useSignals();
  useEscape(leave);
  return (
    <>
      <main ref={surface} className="mode" data-testid="counting-mode" data-locked={locked}>
        <Plus />
        <Bar locked={locked} lock={() => lock(true)} choose={() => setChoosing(true)} />
        <Facts locked={locked} />
        <Number />
        {locked ? <Unlock unlock={() => lock(false)} /> : <Foot />}
      </main>
      {choosing && <Settings close={() => setChoosing(false)} />}
    </>
  );
};

const Plus = () => {
  const view = useView();
  const step = view.about?.step ?? 1;
  const ready = canPress(view, step);
  return (
    <button type="button" className="pad plus" data-area="plus" data-testid="mode-plus" aria-disabled={!ready} onKeyDown={once}>
      <span className="disc">
        {ready ? <Signed amount={step} /> : <T id={textId(view, false)} />}
        {ready && (
          <span className="sr">
            <T id="plus" n={step} />
          </span>
        )}
      </span>
    </button>
  );
};

const Signed = ({ amount }) => {
  const text = formatSigned(amount);
  return (
    <b aria-hidden="true" style={{ "--letters": text.length }}>
      {text}
    </b>
  );
};

/** A held key counts once. */
const once = (event) => event.repeat && event.preventDefault();

/** What is counted, and whether the number is live and saved. */
const Facts = ({ locked }) => {
  const counter = useCounter();
  const view = useView();
  const progress = useProgress();
  const { about, connection, problem, refused } = view;
  const settled = connection === "connected" || isUnavailable(problem);
  const note = problemNote(view, useTexts()) ?? stateNote(view, progress);
  return (
    <div className="facts">
      <h1 dir="auto">{about?.name || <T id="title" />}</h1>
      <p className="truth" data-testid="mode-status" data-state={connection}>
        <span role="status">
          <Icon name={settled ? "dot" : "wait"} className={settled ? "ok dot" : "quiet spin"} />
          {!isUnavailable(problem) && <T id={connection} />}
        </span>
        <SaveStatus quiet={!!note} testId="mode-unsaved" />
        <Note note={note} refused={refused} />
      </p>
      <p className="warn" role="status" data-testid="mode-locked">
        {locked && <T id="locked" />}
      </p>
      {!locked && refused.length > 0 && (
        <Action onClick={() => dismissRefused(counter)} text="dismiss" testId="mode-dismiss" />
      )}
      {!locked && refused.length === 0 && <Progress {...progress} />}
    </div>
  );
};

const Number = () => {
  const { known, value, connection } = useView();
  const digits = known ? [...String(Math.abs(value))] : [];
  return (
    <div className="numbox">
      <p
        className={`num ${connection === "connected" ? "" : "stale"}`}
        style={sizeOf(value, digits)}
        data-testid="mode-number"
        data-value={value ?? undefined}
      >
        {known ? <Digits value={value} digits={digits} /> : <i className="unknown" />}
        {known && <span className="sr">{formatNumber(value)}</span>}
      </p>
      <Announcement key={useCounter()} />
    </div>
  );
};

/** Undo and minus, at the thumb. */
const Foot = () => {
  const view = useView();
  const step = view.about?.step ?? 1;
  if (!mayPress(view) || view.about?.archived || isUnavailable(view.problem)) return null;
  const undoable = canUndo(view);
  return (
    <div className="foot">
      <button type="button" className="pad undo" data-area="undo" data-testid="mode-undo" aria-disabled={!undoable} onKeyDown={once}>
        <Icon name="undo" />
        <span>
          <T id="undo" />
        </span>
      </button>
      <button
        type="button"
        className="pad minus"
        data-area="minus"
        data-testid="mode-minus"
        aria-disabled={!canPress(view, -step)}
        onKeyDown={once}
      >
        <Signed amount={-step} />
        <span className="sr">
          <T id="minus" n={step} />
        </span>
      </button>
    </div>
  );
};

const Settings = ({ close }) => (
  <InfoDialog name="feedback" title={<T id="feedback" />} close={close}>
    <FeedbackSettings />
    {!navigator.wakeLock && (
      <p className="quiet small">
        <T id="may_sleep" />
      </p>
    )}
  </InfoDialog>
);

const useEscape = (onEscape) =>
  useEffect(() => {
    const onKeyDown = ({ key }) => key === "Escape" && !document.querySelector("dialog[open]") && onEscape();
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
