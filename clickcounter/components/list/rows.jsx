/* The list itself: a small sun, a name, a live number, and a menu for each counter. */
import { memo, useEffect, useId, useRef, useState } from "react";
import { Link } from "react-router";
import { NewVersion, useNewVersion } from "../app/new_version.jsx";
import { DEFAULT_COUNTER } from "../shared/constants.js";
import { Bilingual, plural, useFormats } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { ErrorMessage } from "../shared/modal.jsx";
import { formatNumber } from "../shared/numbers.js";
import { progressOf, progressText } from "../shared/progress.js";
import { Choice, useChosen } from "./board_choice.jsx";
import { useList } from "./list_provider.jsx";
import { createCounter, forgetCreated, perform, setQuery } from "./list_store.js";
import { Delete, Rename } from "./row_dialogs.jsx";

const MARKED_FOR = 1600; // ms that a changed number is marked
const MENU_MARGIN = 8; // pixels to the edge of the window
const MENU_GAP = 4; // pixels to the button

export const Rows = ({ texts }) => {
  const { board, problem, created, search, archived } = useList();
  const [dialog, setDialog] = useState(null); // { Dialog, row }
  const [reply, setReply] = useState(null); // to the last action without a dialog
  const choosing = useChosen() !== null;
  const isNew = useNewVersion(choosing || archived || search !== "");
  if (problem) return <ErrorMessage reply={problem} />;
  if (!board)
    return (
      <p className="quiet fetching">
        <Bilingual text={texts.fetching_list} />
      </p>
    );
  if (!board.rows.length) return <Nothing texts={texts} />;
  return (
    <>
      {isNew && <NewVersion />}
      <ErrorMessage reply={reply} />
      <ul className="list" data-testid="list" data-search={board.search} data-archived={board.archived}>
        {board.rows.map((row) => (
          <Row
            key={row.slug}
            row={row}
            texts={texts}
            created={row.slug === created}
            setDialog={setDialog}
            setReply={setReply}
          />
        ))}
      </ul>
      {dialog && <dialog.Dialog row={dialog.row} texts={texts} onClose={() => setDialog(null)} />}
    </>
  );
};

const Row = memo(
  ({ row, texts, created, setDialog, setReply }) => {
    useFormats();
    const marked = useMarked(row.value);
    const choosing = useChosen() !== null;
    const link = useRef(null);
    const progress = progressOf(row.value, row);
    const full = progress.state === "full";

    useEffect(() => {
      if (!created) return;
      link.current?.focus();
      forgetCreated();
    }, [created]);

    return (
      <li
        className={`item ${marked ? "just" : ""}`}
        data-testid="row"
        data-slug={row.slug}
        data-value={row.value}
        data-sky={full ? "eclipse" : progress.state === "free" ? undefined : "warn"}
      >
        <span
          className={`mini ${progress.share === null ? "" : "goal-on"}`}
          data-colour={full ? undefined : row.colour || undefined}
          style={{ "--p": progress.share ?? 0 }}
        />
        <span className="what">
          {choosing ? (
            <Choice slug={row.slug}>{row.name || <Bilingual text={texts.title} />}</Choice>
          ) : (
            <Link ref={link} className="open" to={`/c/${row.slug}`} dir="auto">
              {row.name || <Bilingual text={texts.title} />}
            </Link>
          )}
          <RowStatus row={row} progress={progress} texts={texts} />
        </span>
        <data value={row.value}>{formatNumber(row.value)}</data>
        {row.manage && !choosing && <Menu row={row} texts={texts} setDialog={setDialog} setReply={setReply} />}
      </li>
    );
  },
  (before, after) => before.created === after.created && JSON.stringify(before.row) === JSON.stringify(after.row),
);

/** The progress, or how many are watching. */
const RowStatus = ({ row, progress, texts }) => {
  const said = progressText(row.value, progress, texts);
  const watchers = row.lookers;
  return (
    <span className={`small ${said ? "warn" : "quiet"}`} data-testid="state">
      <Bilingual {...(said ?? { text: watchers ? plural(texts, "lookers", watchers) : texts.nobody, n: watchers })} />
    </span>
  );
};

/** True for a moment after the value has changed. */
const useMarked = (value) => {
  const last = useRef(value);
  const [marked, setMarked] = useState(false);
  useEffect(() => {
    if (last.current === value) return;
    last.current = value;
    setMarked(true);
    const timer = setTimeout(setMarked, MARKED_FOR, false);
    return () => clearTimeout(timer);
  }, [value]);
  return marked;
};

const Menu = ({ row, texts, setDialog, setReply }) => {
  const id = useId();
  const button = useRef(null);
  const menu = useRef(null);

  // A popover is not positioned beside its button by itself: it goes below if there is room, else above.
  const hide = (event) => {
    if (event.newState === "open") menu.current.style.visibility = "hidden";
  };
  const place = (event) => {
    if (event.newState !== "open") return;
    const { bottom, top, right } = button.current.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height, style } = menu.current;
    const fitsBelow = bottom + height + MENU_MARGIN < innerHeight;
    style.left = `${Math.max(MENU_MARGIN, right - width)}px`;
    style.top = `${fitsBelow ? bottom + MENU_GAP : Math.max(MENU_MARGIN, top - height - MENU_GAP)}px`;
    style.visibility = "visible";
    menu.current.querySelector("button").focus();
  };

  const choose = (action) => () => {
    menu.current.hidePopover();
    setReply(null);
    action();
  };
  const toggleArchived = () => perform(row.archived ? "restore" : "archive", row.slug).then(setReply);
  const archive = row.archived
    ? { name: "restore", icon: "undo", text: texts.restore, action: toggleArchived }
    : { name: "archive", icon: "archive", text: texts.archive, action: toggleArchived };
  const items = [
    { name: "rename", icon: "pen", text: texts.rename, action: () => setDialog({ Dialog: Rename, row }) },
    archive,
    { name: "delete", icon: "trash", text: texts.delete, action: () => setDialog({ Dialog: Delete, row }) },
  ].filter(({ name }) => name !== "delete" || row.slug !== DEFAULT_COUNTER); // nobody can delete that one
  return (
    <>
      <button ref={button} type="button" className="btn icon more" popoverTarget={id} data-testid="more">
        <Icon name="more" className="dots" />
        <span className="sr">
          <Bilingual text={texts.more_about} /> {row.name}
        </span>
      </button>
      <div ref={menu} id={id} popover="auto" className="menu" onBeforeToggle={hide} onToggle={place}>
        {items.map(({ name, icon, text, action }) => (
          <button
            key={name}
            type="button"
            className={`btn ${name === "delete" ? "bad" : ""}`}
            data-testid={name}
            onClick={choose(action)}
          >
            <Icon name={icon} />
            <Bilingual text={text} />
          </button>
        ))}
      </div>
    </>
  );
};

/** An empty list: why it is empty, and what to do about it. */
const Nothing = ({ texts }) => {
  const { board, archived } = useList();
  const [reply, setReply] = useState(null);
  const search = board.search.trim();
  let reason = archived ? texts.no_archived : texts.no_counters;
  if (search) reason = archived ? texts.none_archived : texts.none_found;
  const create = () => createCounter({ name: search }).then(setReply);
  return (
    <section className="void" data-testid="nothing">
      <span className="mini goal-on" />
      <p>
        <Bilingual text={reason} />
      </p>
      {search && (
        <p className="quiet named">
          <Bilingual text={texts.quoted} search={search} />
        </p>
      )}
      {search && !archived && (
        <button type="button" className="btn prime" data-testid="make-named" onClick={create}>
          <Icon name="plus" />
          <Bilingual text={texts.make_named} />
        </button>
      )}
      {search && archived && (
        <button type="button" className="btn edge" onClick={() => setQuery({ archived: false })}>
          <Bilingual text={texts.search_in_use} />
        </button>
      )}
      <ErrorMessage reply={reply} />
    </section>
  );
};
