/* Every click, newest first, and the way to take them along. */
import { useEffect, useRef, useState } from "react";
import env from "$/env.json";
import { getBackendURL } from "$/utils/state";
import { Icon, T, grouped, signed, useCounter, useWords } from "./counter_tab.jsx";
import { Nothing, Who } from "./history_parts.jsx";
import { moment, zone } from "./moments.js";

const DOWN = "M12 4v11m-4.5-4L12 15.5 16.5 11M5 20h14";
const COLUMNS = ["time", "who", "how_many", "became"];

const backEnd = () => new URL(getBackendURL(env.EVENT)).origin.replace(/^ws/, "http");
const hear = { older: null }; // React may hand the same answer over again

const newestFirst = (a, b) => b.round - a.round || b.saved_at - a.saved_at || b.id - a.id;

/** The rows seen so far, without a gap: those of older pages are kept while newer ones come in above. */
const useRows = (view, older, counter) => {
  const [kept, keep] = useState({ rows: view.rows, next: view.next, paged: false });
  const asked = useRef(false);
  const join = (rows, more) => {
    const all = new Map([...rows, ...more].map((row) => [row.id, row]));
    return [...all.values()].sort(newestFirst);
  };
  useEffect(() => {
    const meets = view.rows.some((row) => kept.rows.some(({ id }) => id === row.id));
    if (kept.paged && meets) keep({ ...kept, rows: join(view.rows, kept.rows) });
    else keep({ rows: view.rows, next: view.next, paged: false });
  }, [view]);
  useEffect(() => {
    if (!asked.current || !older?.rows || older === hear.older || older.counter !== counter) return;
    hear.older = older;
    asked.current = false;
    keep({ rows: join(kept.rows, older.rows), next: older.next, paged: true });
  }, [older]);
  return { ...kept, ask: () => (asked.current = true) };
};

export const Journal = ({ view, wish, older, onPage }) => {
  const counter = useCounter();
  const { rows, next: after, ask } = useRows(view, older, counter);
  const fetchMore = () => {
    ask();
    onPage(counter, wish.round, wish.device, wish.since, wish.until, after, wish.account);
  };
  return (
    <section>
      <div className="head">
        <h2>
          <T of="journal" />
        </h2>
        <Downloads counter={counter} />
      </div>
      {rows.length === 0 && <Nothing />}
      <table className="journal" data-testid="journal" hidden={rows.length === 0}>
        <thead>
          <tr>
            {COLUMNS.map((name) => (
              <th key={name} scope="col">
                <T of={name} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.id} {...row} />
          ))}
        </tbody>
      </table>
      {after && (
        <button type="button" className="btn framed" data-testid="more" onClick={fetchMore}>
          <T of="more_rows" />
        </button>
      )}
    </section>
  );
};

const Row = ({ pressed_at: pressed, saved_at: saved, kind, reason, label, person, device, amount, total }) => {
  const words = useWords();
  return (
    <tr data-amount={amount} data-kind={kind} data-device={device} title={`${moment(pressed)} → ${moment(saved)}`}>
      <td>{moment(pressed)}</td>
      <td>
        <Who person={person} label={label} number={device} />
        {words[`kind_${kind}`] && (
          <>
            , <T of={`kind_${kind}`} />
          </>
        )}
        {reason && (
          <>
            : <bdi>{reason}</bdi>
          </>
        )}
      </td>
      <td className={amount < 0 ? "bad" : ""}>{signed(amount)}</td>
      <td>{grouped(total)}</td>
    </tr>
  );
};

const Downloads = ({ counter }) =>
  ["csv", "jsonl"].map((ending) => (
    <a
      key={ending}
      className="btn framed"
      href={`${backEnd()}/export/${encodeURIComponent(counter)}.${ending}?zone=${encodeURIComponent(zone())}`}
      download
    >
      <Icon d={DOWN} />
      {ending === "csv" ? "CSV" : "JSON"}
    </a>
  ));
