/* What is around the list: the connection, the total, the search, the archive, the paging. */
import { useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { LIST_PAGE_SIZE } from "../shared/constants.js";
import { Bilingual, useFormats } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { ErrorMessage } from "../shared/modal.jsx";
import { formatNumber } from "../shared/numbers.js";
import { useList } from "./list_provider.jsx";
import { createCounter, setQuery } from "./list_store.js";

const TYPING_PAUSE = 120; // ms after the last key

export const ConnectionStatus = ({ texts }) => {
  const { connection } = useList();
  const live = connection === "connected";
  return (
    <p className="status" role="status" data-testid="status" data-state={connection}>
      <Icon name={live ? "dot" : "wait"} className={live ? "ok dot" : "quiet spin"} />
      <Bilingual text={texts[connection]} />
    </p>
  );
};

export const Total = ({ texts }) => {
  const { board, upToDate } = useList();
  return (
    <span className="quiet" role="status" data-testid="total" data-value={board?.total}>
      {upToDate && <Bilingual text={board.search ? texts.found : texts.in_all} n={board.total} />}
    </span>
  );
};

/** Enter opens the only counter that was found, or creates one of that name if there is none. */
export const Search = ({ texts }) => {
  const { search, archived, upToDate, board } = useList();
  const [typed, setTyped] = useState(search);
  const [reply, setReply] = useState(null);
  const [entered, setEntered] = useState(null); // the text that Enter was pressed for, until the list has answered
  const navigate = useNavigate();
  const timer = useRef(0);
  const requested = useRef(search);

  // Something else changed the query: a counter was created, the archive was opened.
  useEffect(() => {
    if (search === requested.current) return;
    requested.current = search;
    setTyped(search);
  }, [search]);

  const searchNow = (text) => {
    clearTimeout(timer.current);
    requested.current = text;
    if (text !== search) setQuery({ search: text });
  };

  const onChange = ({ target }) => {
    setTyped(target.value);
    setReply(null);
    setEntered(null);
    clearTimeout(timer.current);
    timer.current = setTimeout(searchNow, TYPING_PAUSE, target.value);
  };

  const onSubmit = (event) => {
    event.preventDefault();
    if (!typed.trim()) return;
    searchNow(typed);
    setEntered(typed);
  };

  useEffect(() => {
    if (entered === null || !upToDate || board.search !== entered) return;
    setEntered(null);
    if (board.total === 1) navigate(`/c/${board.rows[0].slug}`);
    else if (board.total === 0 && !archived) createCounter({ name: entered.trim() }).then(setReply);
  }, [entered, upToDate, board]);

  return (
    <form className="find" role="search" onSubmit={onSubmit}>
      <label className={`input ${reply?.error ? "wrong" : ""}`}>
        <Icon name="search" />
        <input
          type="search"
          data-testid="search"
          dir="auto"
          autoComplete="off"
          enterKeyHint="go"
          value={typed}
          placeholder=" "
          onChange={onChange}
        />
        <span className="hint">
          <Bilingual text={archived ? texts.find : texts.find_or_name} />
        </span>
      </label>
      <ErrorMessage reply={reply} />
    </form>
  );
};

export const ArchiveSwitch = ({ texts }) => {
  const { archived } = useList();
  return (
    <div className="seg" role="group">
      {[false, true].map((value) => (
        <button
          key={value}
          type="button"
          className="btn"
          data-testid={value ? "archived" : "in-use"}
          aria-pressed={archived === value}
          onClick={() => archived !== value && setQuery({ archived: value })}
        >
          <Bilingual text={value ? texts.archived_ones : texts.in_use} />
        </button>
      ))}
    </div>
  );
};

export const Paging = ({ texts }) => {
  useFormats();
  const { board, before, upToDate } = useList();
  if (!board || (!board.next && !before.length)) return null;
  const first = before.length * LIST_PAGE_SIZE + 1;
  const last = first + board.rows.length - 1;
  return (
    <nav className="paging" data-testid="paging">
      <button
        type="button"
        className="btn edge"
        disabled={!before.length}
        onClick={() => setQuery({ before: before.slice(0, -1) })}
      >
        <Bilingual text={texts.newer} />
      </button>
      <span className="quiet small">
        {upToDate && board.rows.length > 0 && `${formatNumber(first)}–${formatNumber(last)}`}
      </span>
      <button
        type="button"
        className="btn edge"
        disabled={!board.next || !upToDate}
        onClick={() => setQuery({ before: [...before, board.next] })}
      >
        <Bilingual text={texts.older} />
      </button>
    </nav>
  );
};
