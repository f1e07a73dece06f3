/* The line of truth under the number: one note at a time, by rank, and below it how far it is or what to do next. */
import { useEffect, useRef, useState } from "react";
import { Both, T, dismiss, useCounter, useView, useWay, useWords } from "./counter_tab.jsx";
import { LabelQuestion, useLabelQuestion } from "./label_question.jsx";
import { perform, showDialog } from "./upkeep.jsx";
import { ICONS, Icon } from "./words.jsx";

const PATIENCE = 400; // ms; a save that is quicker than this is not worth a word
const BUZZ = [120, 60, 120]; // ms

export const Note = () => {
  const view = useView();
  const way = useWay();
  useBuzz(way, view);
  const first = trouble(view, useWords()) ?? state(view, way);
  return (
    <div className="note">
      <p className="truth" role="status">
        {first}
        {!first && <Mine />}
        <Saved quiet={!!first} />
      </p>
      <Next way={way} />
    </div>
  );
};

const Line = ({ of, icon, className, ...values }) => (
  <span className={className}>
    {icon && <Icon d={icon} />}
    <T of={of} {...values} />
  </span>
);

/** What went wrong, if something did. */
const trouble = ({ problem, refused }, words) => {
  const said = refused.length ? (refused[0].why.sentences ?? words.failed) : problem && (problem.sentences ?? words[problem.code]);
  if (!said) return null;
  return (
    <span className="bad" data-testid={refused.length ? "refused" : "problem"} data-value={refused.length}>
      <Icon d={ICONS.alert} />
      {refused.length > 1 && `${refused.length} × `}
      <Both of={said} />
    </span>
  );
};

const WHY = { signed_in: "press_signed_in_note", members: "press_members_note" };

/** What the number is, where it is not simply the number. */
const state = ({ about, known, link, rights, value }, { state: at, of }) => {
  if (!known) return <Line of="fetching" className="quiet" />;
  if (link !== "connected") return <Line of="stale" className="quiet" />;
  if (about?.archived) return <Line of="archived_note" icon={ICONS.archive} className="quiet" />;
  if (rights && !rights.press) return <Line of={WHY[about?.press] ?? "press_viewer"} className="quiet" />;
  if (at === "full") return <Line of="full_note" icon={ICONS.flag} className="warn" n={value} of_n={of} />;
  return null;
};

const Mine = () => {
  const { mine, person } = useView();
  if (person) return <Person {...person} />;
  if (!mine || (!mine.up && !mine.down)) return null;
  return (
    <span data-testid="mine" data-value={mine.up + mine.down} data-up={mine.up} data-down={-mine.down}>
      <T of="mine" n={mine.up + mine.down} />
    </span>
  );
};

/** Whoever is signed in has one number, whichever devices they press on. */
const Person = ({ name, up, down }) => (
  <span data-testid="person" data-value={up + down} data-name={name}>
    <T of="person" name={name} n={up + down} />
  </span>
);

const Saved = ({ quiet }) => {
  const { forgetful, link, pressed, unsaved } = useView();
  const waiting = useLasting(unsaved > 0, PATIENCE) || link !== "connected";
  return (
    <>
      <span data-testid="unsaved" data-value={unsaved}>
        {unsaved > 0 && waiting && <Line of="unsaved" icon={ICONS.wait} n={unsaved} />}
        {!(unsaved > 0 && waiting) && pressed && !quiet && <Line of="saved" icon={ICONS.check} className="ok" />}
      </span>
      {forgetful && unsaved > 0 && <Line of="forgetful" className="bad" />}
    </>
  );
};

/** The second row: what to do about the first, or how far it is. */
const Next = ({ way }) => {
  const counter = useCounter();
  const { about, link, refused, rights } = useView();
  const asked = useLabelQuestion();
  if (refused.length) return <Do what={() => dismiss(counter)} of="dismiss" id="dismiss" />;
  if (link !== "connected") return <Goal {...way} />;
  if (rights && !rights.press && about?.press === "signed_in") return <SignIn />;
  const manages = rights?.manage ?? true;
  if (about?.archived && manages) return <Do what={() => perform("restore", counter)} of="restore" id="restore" icon={ICONS.undo} />;
  if (way.state === "full" && manages) return <Do what={() => showDialog("reset")} of="new_round" id="new-round" icon={ICONS.zero} />;
  if (asked && way.state === "free") return <LabelQuestion />;
  return <Goal {...way} />;
};

const Do = ({ what, of, id, icon }) => (
  <button type="button" className="btn edge" data-testid={id} onClick={what}>
    {icon && <Icon d={icon} />}
    <T of={of} />
  </button>
);

const SignIn = () => (
  <a className="btn edge" href={`/account?from=/c/${encodeURIComponent(useCounter())}`} data-testid="sign-in">
    <T of="to_account" />
  </a>
);

const GOAL = { free: ["goal_left", "quiet"], near: ["goal_near", "warn"], reached: ["goal_reached", "ok"] };

const Goal = ({ of, left, state: at }) => {
  if (of === null || !GOAL[at]) return null;
  const [words, className] = GOAL[at];
  return (
    <p className={className} data-testid="goal" data-left={left} data-state={at}>
      {at !== "free" && <Icon d={ICONS.flag} />}
      <T of={words} n={of} left={left} />
    </p>
  );
};

/** A phone in a pocket feels a threshold that is passed while the page is open. */
const useBuzz = ({ passed, of: target }, { about, known, link, round }) => {
  const last = useRef(null);
  const of = known && link === "connected" ? `${about?.counter} ${round} ${target} ${about?.warn_at}` : null;
  useEffect(() => {
    if (of && last.current?.of === of && passed > last.current.passed) navigator.vibrate?.(BUZZ);
    if (of) last.current = { of, passed };
  }, [of, passed]);
};

/** True once `condition` has held for so many ms. */
const useLasting = (condition, ms) => {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!condition) return setLasting(false);
    const timer = setTimeout(() => setLasting(true), ms);
    return () => clearTimeout(timer);
  }, [condition, ms]);
  return lasting;
};
