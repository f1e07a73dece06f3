/* A file, from the first look at it to its undo. Opens with the file. */
import { useState } from "react";
import { T, TextsProvider } from "../shared/i18n.jsx";
import { ErrorMessage, Modal } from "../shared/modal.jsx";
import { addressFor } from "./address.js";
import { IMPORT_TEXTS } from "./constants.js";
import { shareOf, stageOf } from "./import_response.js";
import "./importing.css";
import { Known, Preview } from "./preview.jsx";
import { Result } from "./result.jsx";
import { CounterField, Questions, Settings, Unreadable, isRefused } from "./settings.jsx";
import { useImport } from "./use_import.js";

const withSentences = (reply) =>
  reply && { ...reply, sentences: reply.sentences ?? IMPORT_TEXTS[reply.error] ?? IMPORT_TEXTS.import_lost };

const TOO_LONG = "preview_long"; // to look at; it can be imported all the same

const isAnswered = (preview) => !preview.questions.length && !isRefused(preview);

/** `counters` are those to choose from: { slug, name }. The file is the one at this place `of` so many. */
const ImportDialog = ({ file, place, of, counters, close }) => {
  const { state, asked, look, run, undo } = useImport(file, addressFor(file.name));
  const [counter, setCounter] = useState(asked.counter);
  const { stage, preview, error } = state;
  const isLooking = stage === "reading" || stage === "looking";
  const isGivenUp = isLooking || state.status?.sent < 1; // by closing the dialog
  const isOver = stage === "done" || stage === "undone";
  const isReady = stage === "looking" && (error ? error.error === TOO_LONG : isAnswered(preview));
  const isOtherCounter = counter.trim() !== asked.counter; // its numbers have not been shown yet

  const choose = (setting, value) => look({ counter: counter.trim(), answers: { ...asked.answers, [setting]: value } });
  const chooseCounter = () => isOtherCounter && look({ ...asked, counter: counter.trim() });
  const onSubmit = async () => {
    if (isOver) return { error: null };
    if (isOtherCounter) chooseCounter();
    else if (isReady) await run();
    return null;
  };

  const actions = (
    <>
      {!isOver && (
        <button type="button" className="btn edge" data-testid="cancel" onClick={close}>
          <T id={isGivenUp ? "import_cancel" : "import_hide"} />
        </button>
      )}
      <button type="submit" className="btn prime" data-testid="confirm" data-first="" aria-disabled={!isOver && !isReady}>
        <T id={isOver ? "import_close" : "import_do"} />
      </button>
    </>
  );
  const title = <T id={of > 1 ? "import_title_of" : "import_title"} name={file.name} n={place} of={of} />;
  return (
    <Modal title={title} name="import" stays onClose={close} onSubmit={onSubmit} actions={actions}>
      {isLooking && (
        <>
          <ErrorMessage reply={withSentences(error)} />
          {preview && !error && <Preview preview={preview} isOld={stage === "reading"} />}
          <Questions questions={state.questions} answers={asked.answers} choose={choose} />
          {preview && !error && <Unreadable preview={preview} answers={asked.answers} choose={choose} />}
          {(error ? isAbout(asked.counter, error) : needsCounter(preview)) && (
            <CounterField value={counter} onChange={setCounter} onDone={chooseCounter} counters={counters} />
          )}
          {preview?.plan && <Settings preview={preview} answers={asked.answers} choose={choose} />}
          {preview && <Known known={preview.known} undo={undo} />}
        </>
      )}
      <Result state={state} undo={undo} />
      <Progress status={state.status} found={isReady && !error ? preview.counters : null} />
      <ErrorMessage reply={withSentences(state.problem)} />
    </Modal>
  );
};

/** Whether there are rows that name no counter. */
const needsCounter = (preview) => preview?.plan && preview.counters.some(({ slug }) => slug === preview.plan.counter);

/** Whether a counter is refused, and not the file. */
const isAbout = (counter, { error, sentences }) =>
  error === "not_owner" || error === "members_only" || sentences?.en.includes(`“${counter}”`);

/** What is under way; for a screen reader also that it is done. */
const Progress = ({ status, found }) => (
  <div role="status" data-testid="import-told">
    {found && (
      <span className="sr">
        <T id="import_found" n={found.reduce((sum, { rows }) => sum + rows, 0)} counters={found.length} />
      </span>
    )}
    {status && (
      <label className="field">
        <T id={stageOf(status)} done={status.done} whole={status.whole} />
        <progress max="1" value={shareOf(status)} />
      </label>
    )}
  </div>
);

export default (props) => (
  <TextsProvider value={IMPORT_TEXTS}>
    <ImportDialog {...props} />
  </TextsProvider>
);
