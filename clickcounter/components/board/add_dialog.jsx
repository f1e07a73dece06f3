/* Adds counters to the board: by a name that is searched for, by a link, or new ones. */
import { useState } from "react";
import { connection, deviceSecret } from "../counter/tab_store.js";
import { T, inLanguage, useTexts } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { once } from "../shared/keys.js";
import { Modal } from "../shared/modal.jsx";
import { formatNumber } from "../shared/numbers.js";
import { call } from "../shared/rpc.js";
import { MOST_COUNTERS, countersInLink } from "./addresses.js";
import { boardHandlers } from "./board_store.js";
import { useBoard } from "./board_provider.jsx";
import { find, useFound } from "./finding.js";

const MOST_SHOWN = 8; // counters that were found

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
    let fits = true;
    change((board) => {
      const all = [...new Set([...board.counters, ...names])];
      fits = all.length <= MOST_COUNTERS;
      return fits ? { counters: all } : {};
    });
    if (!fits) return refuse("board_full");
    setText((now) => (now === text ? "" : now));
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
        <bdi>{row.name || inLanguage(title)}</bdi>
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
