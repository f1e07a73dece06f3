/* The list itself: a small sun, a name, a live number, and a menu for each counter. */
import { memo, useEffect, useId, useRef, useState } from "react";
import { Link } from "react-router";
import { Both, Icon, grouped } from "./counter_tab.jsx";
import { askAs, forgetMade, lookFor, make, useList } from "./list_tab.jsx";
import { Delete, Rename } from "./row_sheets.jsx";
import { Sentence } from "./sheet.jsx";
import { wayOf, wordsOf } from "./way.js";

const JUST = 1600; // ms that a changed number stays marked
const DEFAULT_COUNTER = "counter"; // nobody can delete it
const MORE = "M6 12h.01M12 12h.01M18 12h.01";
const PEN = "M5 19h3L18.5 8.5l-3-3L5 16v3Zm8.5-11.5 3 3";
const BOX = "M4 5h16v4H4zM6 9v10h12V9m-8 4h4";
const BACK = "M5 9h9a5 5 0 0 1 0 10h-4M5 9l4-4M5 9l4 4";
const BIN = "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13M10.5 11v5m3-5v5";
const PLUS = "M12 6v12M6 12h12";

export const Rows = ({ texts }) => {
  const { board, problem, made } = useList();
  const [sheet, open] = useState(null); // {Sheet, row}
  const [refused, refuse] = useState(null);
  if (problem) return <Sentence of={problem} />;
  if (!board) return <p className="quiet fetching"><Both of={texts.fetching_list} /></p>;
  if (!board.rows.length) return <Nothing texts={texts} />;
  return (
    <>
      <Sentence of={refused} />
      <ul className="list" data-testid="list" data-search={board.search} data-archived={board.archived}>
        {board.rows.map((row) => (
          <Row key={row.slug} row={row} texts={texts} made={row.slug === made} open={open} refuse={refuse} />
        ))}
      </ul>
      {sheet && <sheet.Sheet row={sheet.row} texts={texts} onClose={() => open(null)} />}
    </>
  );
};

const Row = memo(
  ({ row, texts, made, open, refuse }) => {
    const just = useJust(row.value);
    const link = useRef(null);
    const way = wayOf(row.value, row);
    const full = way.state === "full";

    useEffect(() => {
      if (!made) return;
      link.current.focus();
      forgetMade();
    }, [made]);

    return (
      <li
        className={`item ${just ? "just" : ""}`}
        data-testid="row"
        data-slug={row.slug}
        data-value={row.value}
        data-sky={full ? "eclipse" : way.state === "free" ? undefined : "warn"}
      >
        <span
          className={`mini ${way.share === null ? "" : "goal-on"}`}
          data-colour={full ? undefined : row.colour || undefined}
          style={{ "--p": way.share ?? 0 }}
        />
        <span className="what">
          <Link ref={link} className="open" to={`/c/${row.slug}`} dir="auto">
            {row.name || <Both of={texts.title} />}
          </Link>
          <State row={row} way={way} texts={texts} />
        </span>
        <data value={row.value}>{grouped(row.value)}</data>
        {row.manage && <Menu row={row} texts={texts} open={open} refuse={refuse} />}
      </li>
    );
  },
  (before, after) => before.made === after.made && JSON.stringify(before.row) === JSON.stringify(after.row),
);

/** How many are left, or else who looks on. */
const State = ({ row, way, texts }) => {
  const words = wordsOf(row.value, way, texts, grouped);
  const n = row.lookers;
  const of = (lang) => texts[`lookers_${new Intl.PluralRules(lang).select(n)}`] ?? texts.lookers_other;
  return (
    <span className={`small ${words ? "warn" : "quiet"}`} data-testid="state">
      {words ? <Both of={words} /> : <Both of={n ? { ru: of("ru").ru, en: of("en").en } : texts.nobody} n={n} />}
    </span>
  );
};

/** True for a moment after a value has changed. */
const useJust = (value) => {
  const last = useRef(value);
  const [just, setJust] = useState(false);
  useEffect(() => {
    if (last.current === value) return;
    last.current = value;
    setJust(true);
    const timer = setTimeout(setJust, JUST, false);
    return () => clearTimeout(timer);
  }, [value]);
  return just;
};

const Menu = ({ row, texts, open, refuse }) => {
  const id = useId();
  const button = useRef(null);
  const menu = useRef(null);

  // The top layer knows nothing of the row; below the button where there is room, else above it.
  const hide = (event) => {
    if (event.newState === "open") menu.current.style.visibility = "hidden";
  };
  const place = (event) => {
    if (event.newState !== "open") return;
    const { bottom, top, right } = button.current.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = menu.current;
    menu.current.style.left = `${Math.max(8, right - width)}px`;
    menu.current.style.top = `${bottom + height + 8 < innerHeight ? bottom + 4 : Math.max(8, top - height - 4)}px`;
    menu.current.style.visibility = "visible";
    menu.current.querySelector("button").focus();
  };

  const choose = (what) => () => {
    menu.current.hidePopover();
    refuse(null);
    what();
  };
  const archive = () => askAs(row.archived ? "restore" : "archive", row.slug).then(refuse);
  const items = [
    ["rename", PEN, texts.rename, () => open({ Sheet: Rename, row })],
    [row.archived ? "restore" : "archive", row.archived ? BACK : BOX, row.archived ? texts.restore : texts.archive, archive],
    ["delete", BIN, texts.delete, () => open({ Sheet: Delete, row })],
  ].filter(([name]) => name !== "delete" || row.slug !== DEFAULT_COUNTER);
  return (
    <>
      <button ref={button} type="button" className="btn icon more" popoverTarget={id} data-testid="more">
        <Icon d={MORE} className="dots" />
        <span className="sr">
          <Both of={texts.more_about} /> {row.name}
        </span>
      </button>
      <div ref={menu} id={id} popover="auto" className="menu" onBeforeToggle={hide} onToggle={place}>
        {items.map(([name, icon, text, what]) => (
          <button key={name} type="button" className={`btn ${name === "delete" ? "bad" : ""}`} data-testid={name} onClick={choose(what)}>
            <Icon d={icon} />
            <Both of={text} />
          </button>
        ))}
      </div>
    </>
  );
};

/** Nothing to list: why, and what to do about it. The sun is not up yet. */
const Nothing = ({ texts }) => {
  const { board, archived } = useList();
  const [answer, setAnswer] = useState(null);
  const named = board.search.trim();
  let why = archived ? texts.no_archived : texts.no_counters;
  if (named) why = archived ? texts.none_archived : texts.none_found;
  return (
    <section className="void" data-testid="nothing">
      <span className="mini goal-on" />
      <p>
        <Both of={why} />
      </p>
      {named && (
        <p className="quiet named">
          «<bdi>{named}</bdi>»
        </p>
      )}
      {named && !archived && (
        <button type="button" className="btn prime" data-testid="make-named" onClick={() => make({ name: named }).then(setAnswer)}>
          <Icon d={PLUS} />
          <Both of={texts.make_named} />
        </button>
      )}
      {named && archived && (
        <button type="button" className="btn edge" onClick={() => lookFor({ archived: false })}>
          <Both of={texts.search_in_use} />
        </button>
      )}
      <Sentence of={answer} />
    </section>
  );
};
