/* The note under the number: the most important thing to know about it, and below that the next step or the progress. */
import { Suspense, lazy, useEffect, useRef, useState } from "react";
import { Announcement } from "../announcements/entrance.jsx";
import { NewVersion, useNewVersion } from "../app/new_version.jsx";
import { DEFAULT_COUNTER } from "../shared/constants.js";
import { Bilingual, T, useTexts } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { openDialog, perform } from "./actions.js";
import { useCounter, useProgress, useView } from "./counter_provider.jsx";
import { LabelPrompt, useLabelPrompt } from "./label_prompt.jsx";
import { dismissRefused } from "./tab_store.js";

const SAVING_DELAY = 400; // ms; a save that is quicker is not mentioned
const FIRST_STEPS_DELAY = 2000; // ms
const FirstSteps = lazy(() => import("../first_steps/first_steps.jsx").catch(() => ({ default: () => null })));
const VIBRATION = [120, 60, 120]; // ms

export const StatusNote = () => {
  const view = useView();
  const progress = useProgress();
  useWarnings(progress, view, () => navigator.vibrate?.(VIBRATION)); // the phone may be in a pocket
  const note = problemNote(view, useTexts()) ?? stateNote(view, progress);
  return (
    <div className="note">
      <p className="truth">
        <Note note={note} refused={view.refused} />
        {!note && <OwnTotals />}
        <SaveStatus quiet={!!note} />
      </p>
      <NextStep progress={progress} />
      <Beginning />
      <Announcement key={useCounter()} />
    </div>
  );
};

/** On the first page, while it stands at 0 and this tab has seen nothing else: what to do, if nobody has ever counted. Whoever
 * presses at once never sees it. */
const Beginning = () => {
  const first = useCounter() === DEFAULT_COUNTER;
  const { connection, known, value } = useView();
  const moved = useRef(false);
  if (known && value !== 0) moved.current = true;
  const untouched = first && connection === "connected" && value === 0 && !moved.current;
  const shown = useLasting(untouched, FIRST_STEPS_DELAY) && untouched;
  return shown && (
    <Suspense fallback={null}>
      <FirstSteps />
    </Suspense>
  );
};

/** A screen reader is told of it. Not of what changes with each press, nor of what was refused: see ../announcements. */
export const Note = ({ note, refused }) => {
  const told = !refused.length && note;
  return (
    <>
      <span role="status" className={told ? undefined : "sr"}>
        {told}
      </span>
      {!told && note}
    </>
  );
};

const Line = ({ id, icon, className, ...values }) => (
  <span className={className}>
    {icon && <Icon name={icon} />}
    <T id={id} {...values} />
  </span>
);

/** What went wrong, if anything did. */
export const problemNote = ({ problem, refused }, texts) => {
  const text = refused.length
    ? (refused[0].why.sentences ?? texts.failed)
    : problem && (problem.sentences ?? texts[problem.code]);
  if (!text) return null;
  return (
    <span className="bad" data-testid={refused.length ? "refused" : "problem"} data-value={refused.length}>
      <Icon name="alert" />
      {refused.length > 1 && `${refused.length} × `}
      <Bilingual text={text} />
    </span>
  );
};

const MAY_NOT_PRESS = { signed_in: "press_signed_in_note", members: "press_members_note" };

/** What to know about the number, unless it is simply the number. */
export const stateNote = ({ about, known, value, connection, rights }, { state, target }) => {
  if (!known) return <Line id="fetching" className="quiet" />;
  if (connection !== "connected") return <Line id="stale" className="quiet" />;
  if (about?.archived) return <Line id={about.group ? "archived_group_note" : "archived_note"} icon="archive" className="quiet" />;
  if (rights && !rights.press) return <Line id={MAY_NOT_PRESS[about?.press] ?? "press_viewer"} className="quiet" />;
  if (about?.lets_leave && about.lower !== null && value < about.lower)
    return <Line id="below_note" icon="wait" className="quiet" n={about.lower} />;
  if (state === "full") return <Line id="full_note" icon="flag" className="warn" n={target} />;
  return null;
};

const OwnTotals = () => {
  const { ownTotals, person } = useView();
  if (person) return <PersonTotals {...person} />;
  if (!ownTotals || (!ownTotals.up && !ownTotals.down)) return null;
  const { up, down } = ownTotals;
  return (
    <span data-testid="mine" data-value={up + down} data-up={up} data-down={-down}>
      <T id="mine" n={up + down} />
    </span>
  );
};

/** A person who is signed in has one total of all their devices. */
const PersonTotals = ({ name, up, down }) => (
  <span data-testid="person" data-value={up + down} data-name={name}>
    <T id="person" name={name} n={up + down} />
  </span>
);

export const SaveStatus = ({ quiet, testId = "unsaved" }) => {
  const { storageFailed, connection, pressed, unsaved } = useView();
  const slow = useLasting(unsaved > 0, SAVING_DELAY);
  const waiting = unsaved > 0 && (slow || connection !== "connected");
  return (
    <>
      <span data-testid={testId} data-value={unsaved}>
        {waiting && <Line id="unsaved" icon="wait" n={unsaved} />}
        {!waiting && pressed && !quiet && <Line id="saved" icon="check" className="ok" />}
      </span>
      {storageFailed && unsaved > 0 && <Line id="forgetful" className="bad" />}
    </>
  );
};

/** The second row: what to do about the first one, or the progress. */
const NextStep = ({ progress }) => {
  const counter = useCounter();
  const { about, connection, refused, rights, storageFailed, unsaved } = useView();
  const asksForLabel = useLabelPrompt();
  const isNew = useNewVersion(connection !== "connected" || unsaved > 0);
  if (refused.length) return <Action onClick={() => dismissRefused(counter)} text="dismiss" testId="dismiss" />;
  if (connection !== "connected") return <Progress {...progress} />;
  if (rights && !rights.press && about?.press === "signed_in") return <SignIn />;
  const manages = rights?.manage ?? true;
  if (about?.archived && manages)
    return <Action onClick={() => perform("restore", counter)} text="restore" testId="restore" icon="undo" />;
  if (progress.state === "full" && manages)
    return <Action onClick={() => openDialog("reset")} text="new_round" testId="new-round" icon="zero" />;
  if (isNew && progress.state !== "near" && !(storageFailed && unsaved)) return <NewVersion />;
  if (asksForLabel && progress.state === "free") return <LabelPrompt />;
  return <Progress {...progress} />;
};

export const Action = ({ onClick, text, testId, icon }) => (
  <button type="button" className="btn edge" data-testid={testId} onClick={onClick}>
    {icon && <Icon name={icon} />}
    <T id={text} />
  </button>
);

const SignIn = () => (
  <a className="btn edge" href={`/account?from=/c/${encodeURIComponent(useCounter())}`} data-testid="sign-in">
    <T id="to_account" />
  </a>
);

const PROGRESS = { free: ["goal_left", "quiet"], near: ["goal_near", "warn"], reached: ["goal_reached", "ok"] };

export const Progress = ({ target, left, state }) => {
  if (target === null || !PROGRESS[state]) return null;
  const [text, className] = PROGRESS[state];
  return (
    <p className={className} data-testid="goal" data-left={left} data-state={state}>
      {state !== "free" && <Icon name="flag" />}
      <T id={text} n={target} left={left} />
    </p>
  );
};

/** Calls `onWarning(warnings)` when a threshold is passed while the page is open. */
export const useWarnings = ({ warnings, target }, { about, known, connection, round }, onWarning) => {
  const last = useRef(null);
  const scope = known && connection === "connected" ? `${about?.counter} ${round} ${target} ${about?.warn_at}` : null;
  useEffect(() => {
    if (scope && last.current?.scope === scope && warnings > last.current.warnings) onWarning(warnings);
    if (scope) last.current = { scope, warnings };
  }, [scope, warnings]);
};

/** True once `condition` has been true for so many ms. */
const useLasting = (condition, ms) => {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!condition) return setLasting(false);
    const timer = setTimeout(() => setLasting(true), ms);
    return () => clearTimeout(timer);
  }, [condition, ms]);
  return lasting;
};
