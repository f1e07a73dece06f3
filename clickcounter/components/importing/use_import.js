/* One import, from the file to its undo: what is asked of the server, and what is known so far. */
import { useEffect, useRef, useState } from "react";
import { deviceSecret, request as requestList } from "../list/list_store.js";
import { importFile, lookAt, undoImport } from "./requests.js";

const BEGINNING = { stage: "reading", status: { sent: 0 }, preview: null, questions: [], error: null, problem: null };

/** The questions so far; those that are answered can be answered anew. */
const merged = (questions, more) => {
  const known = questions.map(({ setting }) => setting);
  return [...questions, ...more.filter(({ setting }) => !known.includes(setting))];
};

/**
 * `state.stage` is reading, looking (at the preview), importing, done, undoing or undone. `state.preview` is what the server
 * found last, `state.error` why it found nothing with what was `asked` last, `state.problem` why nothing was done,
 * `state.status` how far it is, `state.result` what was imported.
 */
export const useImport = (file, counter) => {
  const [state, setState] = useState(BEGINNING);
  const [asked, setAsked] = useState({ counter, answers: {} });
  const running = useRef(null);

  const change = (more) => setState((before) => ({ ...before, ...(typeof more === "function" ? more(before) : more) }));

  /** Gives up what is under way. Returns the signal that gives up this, and what to tell of it. */
  const begin = (stage) => {
    running.current?.abort();
    running.current = new AbortController();
    const { signal } = running.current;
    change({ stage, status: { sent: 0 }, error: null, problem: null });
    return { signal, onStatus: (status) => signal.aborted || change({ status }) };
  };

  const look = async (question) => {
    setAsked(question);
    const { signal, onStatus } = begin("reading");
    const reply = await lookAt(file, question, await deviceSecret(), onStatus, signal);
    if (signal.aborted) return;
    change({ stage: "looking", status: null });
    if (reply.error) change({ error: reply });
    else change(({ questions }) => ({ preview: reply, questions: merged(questions, reply.questions) }));
  };

  const run = async () => {
    const { signal, onStatus } = begin("importing");
    const reply = await importFile(file, asked, await deviceSecret(), onStatus, signal);
    change({ status: null, ...(reply.error ? { stage: "looking", problem: reply } : { stage: "done", result: reply }) });
    requestList(); // new counters
  };

  const undo = async (id) => {
    const { stage } = state;
    const { onStatus } = begin("undoing");
    const reply = await undoImport(id, await deviceSecret(), onStatus);
    change({ status: null, ...(reply.error ? { stage, problem: reply } : { stage: "undone", undone: reply }) });
  };

  // The server goes on with an import once it has the whole file; until then, closing the dialog gives it up.
  const isSending = useRef(true);
  isSending.current = state.stage === "reading" || state.status?.sent < 1;
  useEffect(() => {
    look(asked);
    return () => isSending.current && running.current.abort();
  }, []);

  return { state, asked, look, run, undo };
};
