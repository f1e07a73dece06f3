/* All clicks, newest first, and the links to download them. A group's are those of its counters, each with its counter. */
import { Suspense, useEffect, useRef, useState } from "react";
import { part } from "../app/part.jsx";
import { useCounter, useView } from "../counter/counter_provider.jsx";
import { backendUrl } from "../shared/backend_url.js";
import { timeZone } from "../shared/dates.js";
import { T } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { randomHex } from "../shared/keys.js";
import { Row } from "./entry_row.jsx";
import { NothingYet } from "./participant.jsx";
import { isOutOfOrder, keptOlder, madeWith, merge, NONE, without } from "./rows.js";

const COLUMNS = ["time", "who", "how_many", "became"];
const Past = part(() => import("../past/past_dialog.jsx"));
const Remove = part(() => import("../past/remove_dialog.jsx"));

/** The rows loaded so far, without gaps: older pages are kept while newer rows come in above. */
const useRows = (view, older) => {
  const { rows, next, deleted = NONE } = view;
  const newest = { rows, next, deleted };
  const [loaded, setLoaded] = useState({ ...newest, paged: false });
  const requested = useRef(null); // the turn of the page that is on its way
  useEffect(() => {
    const kept = loaded.paged || requested.current ? keptOlder(newest, loaded) : null;
    if (!kept) requested.current = null; // it would leave a gap
    setLoaded(kept ? { ...loaded, rows: merge(rows, kept), deleted } : { ...newest, paged: false });
  }, [view]);
  useEffect(() => {
    if (!requested.current || !older?.rows || older.turn !== requested.current) return;
    requested.current = null;
    setLoaded({ ...loaded, rows: merge(loaded.rows, without(loaded.deleted, older.rows)), next: older.next, paged: true });
  }, [older]);
  const expectOlder = () => (requested.current = randomHex(8));
  return { ...loaded, expectOlder };
};

export const ClickLog = ({ view, query, older, onPage }) => {
  const counter = useCounter();
  const { rows: loaded, next, expectOlder } = useRows(view, older);
  const { doors = [], hidden = 0, round = null } = view; // a server of an older version sends none
  const isGroup = !!useView().about?.group;
  const rows = isGroup ? loaded.filter((row) => doors.some(({ id }) => id === row.door)) : loaded; // as long as they are seen
  const [dialog, setDialog] = useState(null); // the open one: its component and props
  const open = (Dialog, props) => setDialog({ Dialog, ...props });
  const mayAdd = useMayAdd();
  const loadMore = () => {
    const { device, since, until, account } = query;
    onPage(counter, round ?? query.round, device, since, until, next, account, expectOlder());
  };
  return (
    <section>
      <div className="head">
        <h2>
          <T id="journal" />
        </h2>
        {mayAdd && (
          <button type="button" className="btn framed" data-testid="add-past" onClick={() => open(Past)}>
            <Icon name="plus" />
            <T id="add_past" />
          </button>
        )}
        {!isGroup && <Downloads counter={counter} />}
      </div>
      {hidden > 0 && (
        <p className="quiet small" data-testid="doors-hidden">
          <T id="parts_hidden" n={hidden} />
        </p>
      )}
      {rows.length === 0 && <NothingYet />}
      <table className="journal" data-testid="journal" hidden={rows.length === 0}>
        <thead>
          <tr>
            {COLUMNS.map((name) => (
              <th key={name} scope="col">
                <T id={name} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row
              key={row.id}
              row={row}
              door={doors.find(({ id }) => id === row.door)}
              about={madeWith(row, rows)}
              mayAdd={mayAdd}
              onNote={() => open(Past, { at: row.pressed_at })}
              onRemove={() => open(Remove, { kind: row.kind, entry: row.key, amount: row.amount, text: row.reason })}
            />
          ))}
        </tbody>
      </table>
      {isOutOfOrder(rows) && (
        <p className="quiet small" data-testid="totals-note">
          <T id="totals_note" />
        </p>
      )}
      {dialog && (
        <Suspense fallback={null}>
          <dialog.Dialog {...dialog} close={() => setDialog(null)} />
        </Suspense>
      )}
      {next && (
        <button type="button" className="btn framed" data-testid="more" onClick={loadMore}>
          <T id="more_rows" />
        </button>
      )}
    </section>
  );
};

/** Whether this person may add past entries and notes; to a group nobody may: they belong to its counters. */
const useMayAdd = () => {
  const { about, rights } = useView();
  return !about?.archived && !about?.group && !!(rights?.manage || (about?.lets_add && rights?.press));
};

const FORMATS = { xlsx: "Excel", csv: "CSV", jsonl: "JSON" };

/** Excel splits a CSV at semicolons where decimals have a comma. */
const separator = () => ((0.5).toLocaleString().includes(",") ? "semicolon" : "comma");

const Downloads = ({ counter }) => {
  const asked = new URLSearchParams({ zone: timeZone(), separator: separator() });
  return Object.entries(FORMATS).map(([format, name]) => (
    <a
      key={format}
      className="btn framed"
      href={backendUrl(`/export/${encodeURIComponent(counter)}.${format}?${asked}`).href}
      download
    >
      <Icon name="download" />
      {name}
    </a>
  ));
};
