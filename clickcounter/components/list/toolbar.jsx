/* Above the list: the connection, how many there are, the field that finds and names, the archive. */
import { useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { Both, Icon, grouped } from "./counter_tab.jsx";
import { lookFor, make, useList } from "./list_tab.jsx";
import { Sentence } from "./sheet.jsx";

const TYPING = 120; // ms
const DOT = "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8Z";
const WAIT = "M12 4a8 8 0 0 1 8 8M12 20a8 8 0 0 1-8-8";
const SEARCH = "M11 5a6 6 0 1 1 0 12 6 6 0 0 1 0-12Zm4.5 10.5L20 20";

export const ListStatus = ({ texts }) => {
  const { link } = useList();
  const live = link === "connected";
  return (
    <p className="status" role="status" data-testid="status" data-state={link}>
      <Icon d={live ? DOT : WAIT} className={live ? "ok dot" : "quiet spin"} />
      <Both of={texts[link]} />
    </p>
  );
};

export const Total = ({ texts }) => {
  const { board, fits } = useList();
  return (
    <span className="quiet" role="status" data-testid="total" data-value={board?.total}>
      {board && fits && <Both of={board.search ? texts.found : texts.in_all} n={board.total} />}
    </span>
  );
};

export const Search = ({ texts }) => {
  const { search, archived, fits, board } = useList();
  const [typed, type] = useState(search);
  const [answer, setAnswer] = useState(null);
  const [entered, enter] = useState(null); // what Enter was pressed for, until the list has been asked about it
  const navigate = useNavigate();
  const timer = useRef(0);
  const asked = useRef(search);

  // Somebody else asked for another list: a counter was made, the archive opened.
  useEffect(() => {
    if (search === asked.current) return;
    asked.current = search;
    type(search);
  }, [search]);

  const lookNow = (text) => {
    clearTimeout(timer.current);
    asked.current = text;
    if (text !== search) lookFor({ search: text });
  };

  const onChange = ({ target }) => {
    type(target.value);
    setAnswer(null);
    enter(null);
    clearTimeout(timer.current);
    timer.current = setTimeout(lookNow, TYPING, target.value);
  };

  const onSubmit = (event) => {
    event.preventDefault();
    if (!typed.trim()) return;
    lookNow(typed);
    enter(typed);
  };

  useEffect(() => {
    if (entered === null || !fits || board.search !== entered) return;
    enter(null);
    if (board.total === 1) navigate(`/c/${board.rows[0].slug}`);
    else if (board.total === 0 && !archived) make({ name: entered.trim() }).then(setAnswer);
  }, [entered, fits, board]);

  return (
    <form className="find" role="search" onSubmit={onSubmit}>
      <label className={`input ${answer?.error ? "wrong" : ""}`}>
        <Icon d={SEARCH} />
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
          <Both of={archived ? texts.find : texts.find_or_name} />
        </span>
      </label>
      <Sentence of={answer} />
    </form>
  );
};

export const ArchiveSwitch = ({ texts }) => {
  const { archived } = useList();
  return (
    <div className="seg" role="group">
      {[false, true].map((which) => (
        <button
          key={which}
          type="button"
          className="btn"
          data-testid={which ? "archived" : "in-use"}
          aria-pressed={archived === which}
          onClick={() => archived !== which && lookFor({ archived: which })}
        >
          <Both of={which ? texts.archived_ones : texts.in_use} />
        </button>
      ))}
    </div>
  );
};

export const Paging = ({ texts }) => {
  const { board, before, fits } = useList();
  if (!board || (!board.next && !before.length)) return null;
  const first = before.length * 50 + 1;
  return (
    <nav className="paging" data-testid="paging">
      <button type="button" className="btn edge" disabled={!before.length} onClick={() => lookFor({ before: before.slice(0, -1) })}>
        <Both of={texts.newer} />
      </button>
      <span className="quiet small">{fits && board.rows.length > 0 && `${grouped(first)}–${grouped(first + board.rows.length - 1)}`}</span>
      <button
        type="button"
        className="btn edge"
        disabled={!board.next || !fits}
        onClick={() => lookFor({ before: [...before, board.next] })}
      >
        <Both of={texts.older} />
      </button>
    </nav>
  );
};
