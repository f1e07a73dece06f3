/* Adds counters to the board: by a name that is searched for, by a link, or new ones. */
import { useEffect, useState } from "react";
import { connection, deviceSecret } from "../counter/tab_store.js";
import { backendUrl } from "../shared/backend_url.js";
import { T, useTexts } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { once } from "../shared/keys.js";
import { Modal } from "../shared/modal.jsx";
import { formatNumber } from "../shared/numbers.js";
import { call } from "../shared/rpc.js";
import { MOST_COUNTERS, countersInLink } from "./addresses.js";
import { boardHandlers } from "./board_store.js";
import { useBoard } from "./board_provider.jsx";

const TYPING_PAUSE = 200; // ms after the last key
const MOST_SHOWN = 8; // counters that were found

const find = async (text, signal) => {
  const url = backendUrl("/api/v1/counters");
  url.search = new URLSearchParams({ search: text });
  const headers = { "Click-Counter-Device": await deviceSecret() };
  const response = await fetch(url, { credentials: "include", headers, signal });
  return response.ok ? (await response.json()).counters : [];
};

/** Counters that were found for this text; null while nobody knows. */
const useFound = (text) => {
  const [found, setFound] = useState({ text: null, rows: [] });
  useEffect(() => {
    const aborted = new AbortController();
    const search = () =>
      find(text, aborted.signal)
        .then((rows) => setFound({ text, rows }))
        .catch(() => {}); // offline: a link can be added nevertheless
    const timer = setTimeout(search, text ? TYPING_PAUSE : 0);
    return () => {
      clearTimeout(timer);
      aborted.abort();
    };
  }, [text]);
  return found.text === text ? found.rows : null;
};

export const AddDialog = ({ close }) => {
  const { counters, change } = useBoard();
  const texts = useTexts();
  const [text, setText] = useState("");
  const typed = text.trim();
  const isLink = countersInLink(typed) !== null;
  const rows = useFound(isLink ? "" : typed);
  const isFull = counters.length >= MOST_COUNTERS;

  const refuse = (id) => ({ error: id, sentences: texts[id] });
  const add = (names) => {
    const all = [...new Set([...counters, ...names])];
    if (all.length > MOST_COUNTERS) return refuse("board_full");
    change({ counters: all });
    setText("");
    return null;
  };
  const create = async () => {
    if (!connection.isUp()) return refuse("offline");
    const fields = { name: typed };
    const secret = await deviceSecret();
    const reply = await once(["make", fields], (key) => call(boardHandlers.make, secret, fields, key));
    return reply.error ? { ...reply, sentences: reply.sentences ?? texts.no_answer } : add([reply.result.slug]);
  };
  /** Enter adds what the text names: a link's counters, the one of exactly this name, or else a new one. */
  const onSubmit = async () => {
    if (!typed) return { error: null };
    if (isFull) return refuse("board_full");
    if (isLink) return add(countersInLink(typed));
    const known = rows ?? (await find(typed).catch(() => []));
    const same = known.find(({ name, counter }) => name.toLowerCase() === typed.toLowerCase() || counter === typed);
    return same ? add([same.counter]) : create();
  };
  return (
    <Modal title={<T id="board_add" />} name="add" onClose={close} onSubmit={onSubmit} actions={<Actions close={close} typed={typed} />}>
      <label className="field">
        <T id="board_add_what" />
        <span className="input">
          <input
            name="text"
            dir="auto"
            autoComplete="off"
            maxLength={2000}
            data-first=""
            data-testid="add-text"
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        </span>
        <small className="quiet" role="status" data-testid="on-board" data-value={counters.length}>
          <T id="board_on_it" n={counters.length} of={MOST_COUNTERS} />
        </small>
      </label>
      <ul className="found" data-testid="found">
        {rows?.slice(0, MOST_SHOWN).map((row) => (
          <Found key={row.counter} row={row} isOn={counters.includes(row.counter)} isFull={isFull} add={add} />
        ))}
      </ul>
    </Modal>
  );
};

const Found = ({ row, isOn, isFull, add }) => {
  const { title } = useTexts();
  return (
    <li>
      <button
        type="button"
        className="btn"
        data-testid="found-counter"
        data-counter={row.counter}
        aria-pressed={isOn}
        disabled={isOn || isFull}
        onClick={() => add([row.counter])}
      >
        <Icon name={isOn ? "check" : "plus"} />
        <bdi>{row.name || title[document.documentElement.lang]}</bdi>
        <data value={row.value}>{formatNumber(row.value)}</data>
      </button>
    </li>
  );
};

const Actions = ({ close, typed }) => (
  <>
    <button type="button" className="btn edge" data-testid="close" onClick={close}>
      <T id="close" />
    </button>
    <button type="submit" className="btn prime" data-testid="submit" disabled={!typed}>
      <T id="board_add_short" />
    </button>
  </>
);
