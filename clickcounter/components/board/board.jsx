/* The board itself: what stands above the counters, the counters, and what went wrong with any of them. */
import { Suspense, lazy, useCallback, useEffect, useRef, useState } from "react";
import { NewVersion, useNewVersion } from "../app/new_version.jsx";
import { dismissRefused, viewOf } from "../counter/tab_store.js";
import { Bilingual, T, useTexts } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { formatNumber } from "../shared/numbers.js";
import { MOST_COUNTERS } from "./addresses.js";
import { listenToKeys } from "./board_keys.js";
import { useBoard, useCell, useConnection, useWhole } from "./board_provider.jsx";
import { pressCell, undoLast, undoableCounter, unsavedOf } from "./board_store.js";
import { Cell } from "./cell.jsx";
import { SavedBoards } from "./saved_list.jsx";
import "./board.css"; // in its hashed file, which is there without a connection, too

const Dialogs = lazy(() => import("./board_dialogs.jsx")); // a board that is open already needs none of them
const SAY_AFTER = 700; // ms after the last press

/** How many columns hold so many counters, on a narrow screen and on a wide one. */
const columnsOf = (n) => ({ "--narrow": n > 3 ? 2 : 1, "--flat": Math.min(n, n > 8 ? 4 : 3) || 1, "--wide": wideOf(n) });
const wideOf = (n) => ({ 1: 1, 2: 2, 4: 2, 3: 3, 5: 3, 6: 3, 9: 3 })[n] ?? 4;

const cellsClass = (counters) => (counters?.length > 3 && counters.length % 2 ? "cells odd" : "cells");

export const ConnectionStatus = ({ texts }) => {
  const connection = useConnection();
  const live = connection === "connected";
  return (
    <p className="status" role="status" data-testid="status" data-state={connection}>
      <Icon name={live ? "dot" : "wait"} className={live ? "ok dot" : "quiet spin"} />
      <Bilingual text={texts[connection]} />
    </p>
  );
};

export const Board = () => {
  const { counters, name, tooMany, change } = useBoard();
  const [editing, setEditing] = useState(false);
  const [dialog, setDialog] = useState(null); // "add", "save" or "saved"
  const [last, say] = useLastPress();
  const act = useActions(counters, last, say);
  const isEmpty = counters?.length === 0;
  return (
    <>
      <div className="head">
        <h1 dir="auto" data-testid="board-name">
          {name || <T id="board_title" />}
        </h1>
        <Undo undo={act.undo} />
        <Tool name="add" icon="plus" text="board_add_short" onClick={() => setDialog("add")} />
        {!isEmpty && (
          <Tool name="edit" icon="pen" text={editing ? "board_edited" : "board_edit"} pressed={editing} onClick={() => setEditing(!editing)} />
        )}
        {!isEmpty && <Tool name="save" icon="share" text="board_save_short" onClick={() => setDialog("save")} />}
        <Tool name="saved" icon="layers" text="board_link_to" onClick={() => setDialog("saved")} />
      </div>
      {isEmpty && <Nothing add={() => setDialog("add")} />}
      <ul className={cellsClass(counters)} data-testid="board" data-counters={counters?.join()} style={columnsOf(counters?.length ?? 0)}>
        {counters?.map((counter, index) => (
          <Cell
            key={counter}
            counter={counter}
            index={index}
            press={act.press}
            edit={editing && <EditButtons counters={counters} index={index} change={change} />}
          />
        ))}
      </ul>
      <Notes counters={counters ?? []} tooMany={tooMany} />
      <Said last={last} />
      {dialog && (
        <Suspense fallback={null}>
          <Dialogs name={dialog} open={setDialog} close={() => setDialog((open) => (open === dialog ? null : open))} />
        </Suspense>
      )}
    </>
  );
};

/** The counter that was pressed last here, and how it is set. */
const useLastPress = () => {
  const [last, setLast] = useState({ counter: null, times: 0 });
  const say = useCallback((counter) => setLast(({ times }) => ({ counter, times: times + 1 })), []);
  return [last, say];
};

/** Press and undo, by mouse and by keys. */
const useActions = (counters, last, say) => {
  const press = (counter, sign) => pressCell(counter, sign) && say(counter);
  const undo = () => {
    const counter = undoLast();
    if (counter !== null) say(counter);
  };
  const act = useRef(null);
  act.current = (meaning) => {
    if (meaning.undo) return void undo();
    const counter = meaning.minus ? last.counter : counters?.[meaning.index];
    if (counters?.includes(counter)) press(counter, meaning.minus ? -1 : meaning.sign);
  };
  useEffect(() => listenToKeys((meaning) => act.current(meaning)), []);
  return { press, undo };
};

const Tool = ({ name, icon, text, pressed, onClick }) => (
  <button type="button" className="btn tool" data-testid={`board-${name}`} aria-pressed={pressed} onClick={onClick}>
    <Icon name={icon} />
    <span className="label">
      <T id={text} />
    </span>
  </button>
);

/** Undoes this browser's newest press on the board, whichever counter it was. */
const Undo = ({ undo }) => {
  const counter = useWhole(undoableCounter);
  return (
    <button type="button" className="btn tool end" data-testid="undo" title="U" aria-disabled={counter === null} onClick={undo}>
      <Icon name="undo" />
      <span className="label">
        <T id="undo" />
      </span>
      {counter !== null && <bdi className="of">{viewOf(counter).about?.name || counter}</bdi>}
    </button>
  );
};

/** The list without this counter, which comes back at `to`, if that is given. */
const moved = (counters, counter, to) => {
  const next = counters.filter((other) => other !== counter);
  if (to !== undefined) next.splice(to, 0, counter);
  return next;
};

const EditButtons = ({ counters, index, change }) => {
  const place = useRef(null);
  const move = (to) => change((board) => ({ counters: moved(board.counters, counters[index], to) }));
  const lost = useRef(null); // the button that was pressed: a cell that moves loses the focus
  useEffect(() => {
    const button = lost.current;
    lost.current = null;
    if (button) (button.disabled ? place.current.querySelector("button:not(:disabled)") : button).focus();
  }, [index]);
  const tools = [
    ["earlier", "back", () => move(index - 1), index === 0, "board_earlier"],
    ["later", "back", () => move(index + 1), index === counters.length - 1, "board_later"],
    ["off", "x", () => move(), false, "board_take_off"],
  ];
  return (
    <div ref={place} className="row-x" onClick={({ target }) => (lost.current = target.closest("button"))}>
      {tools.map(([name, icon, onClick, disabled, text]) => (
        <button key={name} type="button" className={`btn icon edge ${name}`} data-testid={`cell-${name}`} disabled={disabled} onClick={onClick}>
          <Icon name={icon} />
          <span className="sr">
            <T id={text} />
          </span>
        </button>
      ))}
    </div>
  );
};

const Nothing = ({ add }) => (
  <section className="void" data-testid="nothing">
    <p>
      <T id="board_empty" n={MOST_COUNTERS} />
    </p>
    <button type="button" className="btn prime" onClick={add}>
      <Icon name="plus" />
      <T id="board_add" />
    </button>
    <SavedBoards />
  </section>
);

/** What is not saved, and whose presses were refused. */
const Notes = ({ counters, tooMany }) => {
  const connection = useConnection();
  const unsaved = useWhole(() => counters.reduce((sum, counter) => sum + unsavedOf(counter), 0)) ?? 0;
  const failed = useWhole(() => counters.length > 0 && viewOf(counters[0]).storageFailed);
  const isNew = useNewVersion(connection !== "connected" || unsaved > 0);
  return (
    <div className="notes" role="status">
      <span data-testid="unsaved" data-value={unsaved}>
        {unsaved > 0 && connection !== "connected" && (
          <>
            <Icon name="wait" /> <T id="unsaved" n={unsaved} />
          </>
        )}
      </span>
      {tooMany && (
        <span>
          <T id="board_cut" n={MOST_COUNTERS} />
        </span>
      )}
      {failed && unsaved > 0 && (
        <span className="bad">
          <T id="forgetful" />
        </span>
      )}
      {counters.map((counter) => (
        <Refused key={counter} counter={counter} />
      ))}
      {isNew && <NewVersion />}
    </div>
  );
};

const Refused = ({ counter }) => {
  const texts = useTexts();
  const { about, known, problem, refused } = useCell(counter);
  const complaint = known && problem && (problem.sentences ?? texts[problem.code]);
  const text = refused.length ? (refused[0].why.sentences ?? texts.failed) : complaint;
  if (!text || problem?.fromFrame) return null;
  return (
    <p className="bad" data-testid="refused" data-counter={counter} data-value={refused.length}>
      <Icon name="alert" />
      <span>
        <bdi>{about?.name || counter}</bdi>: {refused.length > 1 && `${refused.length} × `}
        <Bilingual text={text} />
      </span>
      {refused.length > 0 && (
        <button type="button" className="btn edge" data-testid="dismiss" onClick={() => dismissRefused(counter)}>
          <T id="dismiss" />
        </button>
      )}
    </p>
  );
};

/** Tells screen readers what a counter shows after this person's presses, once they pause. */
const Said = ({ last }) => {
  const [said, setSaid] = useState(null);
  const { title } = useTexts();
  useEffect(() => {
    if (last.counter === null) return;
    const timer = setTimeout(() => setSaid(last.counter && { ...viewOf(last.counter) }), SAY_AFTER);
    return () => clearTimeout(timer);
  }, [last]);
  return (
    <p className="sr" aria-live="polite" data-testid="said">
      {said && (
        <>
          {said.about?.name ? <bdi>{said.about.name}</bdi> : <Bilingual text={title} />}: {formatNumber(said.value ?? 0)}
        </>
      )}
    </p>
  );
};
