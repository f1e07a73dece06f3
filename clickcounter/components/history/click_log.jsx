/* All clicks, newest first, and the links to download them. */
import { useEffect, useRef, useState } from "react";
import { useCounter } from "../counter/counter_provider.jsx";
import { backendUrl } from "../shared/backend_url.js";
import { formatDateTime, timeZone } from "../shared/dates.js";
import { T, useTexts } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { randomHex } from "../shared/keys.js";
import { formatNumber, formatSigned } from "../shared/numbers.js";
import { NothingYet, Participant } from "./participant.jsx";

const COLUMNS = ["time", "who", "how_many", "became"];

const newestFirst = (a, b) => b.round - a.round || b.saved_at - a.saved_at || b.id - a.id;

const merge = (rows, more) => {
  const byId = new Map([...rows, ...more].map((row) => [row.id, row]));
  return [...byId.values()].sort(newestFirst);
};

/** Whether one was added after another that was saved later: its time came with an imported file. */
const isOutOfOrder = (rows) =>
  rows.some((row, i) => i > 0 && row.round === rows[i - 1].round && row.id > rows[i - 1].id);

/** The rows loaded so far, without gaps: older pages are kept while newer rows come in above. */
const useRows = (view, older) => {
  const [loaded, setLoaded] = useState({ rows: view.rows, next: view.next, paged: false });
  const requested = useRef(null); // the turn of the page that is on its way
  useEffect(() => {
    const overlaps = view.rows.some((row) => loaded.rows.some(({ id }) => id === row.id));
    if ((loaded.paged || requested.current) && overlaps) {
      setLoaded({ ...loaded, rows: merge(view.rows, loaded.rows) });
    } else {
      requested.current = null; // it would leave a gap
      setLoaded({ rows: view.rows, next: view.next, paged: false });
    }
  }, [view]);
  useEffect(() => {
    if (!requested.current || !older?.rows || older.turn !== requested.current) return;
    requested.current = null;
    setLoaded({ rows: merge(loaded.rows, older.rows), next: older.next, paged: true });
  }, [older]);
  const expectOlder = () => (requested.current = randomHex(8));
  return { ...loaded, expectOlder };
};

export const ClickLog = ({ view, query, older, onPage }) => {
  const counter = useCounter();
  const { rows, next, expectOlder } = useRows(view, older);
  const loadMore = () => {
    const { round, device, since, until, account } = query;
    onPage(counter, round, device, since, until, next, account, expectOlder());
  };
  return (
    <section>
      <div className="head">
        <h2>
          <T id="journal" />
        </h2>
        <Downloads counter={counter} />
      </div>
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
            <Row key={row.id} {...row} />
          ))}
        </tbody>
      </table>
      {isOutOfOrder(rows) && (
        <p className="quiet small" data-testid="totals-note">
          <T id="totals_note" />
        </p>
      )}
      {next && (
        <button type="button" className="btn framed" data-testid="more" onClick={loadMore}>
          <T id="more_rows" />
        </button>
      )}
    </section>
  );
};

const Row = (row) => {
  const { pressed_at: pressed, saved_at: saved, kind, reason, label, person, device, amount, total } = row;
  return (
    <tr
      data-amount={amount}
      data-kind={kind}
      data-device={device}
      title={`${formatDateTime(pressed)} → ${formatDateTime(saved)}`}
    >
      <td>{formatDateTime(kind === "take_back" ? saved : pressed)}</td>
      <td>
        <Participant person={person} label={label} number={device} />
        <Kind {...row} />
        {reason && (
          <>
            : <bdi>{reason}</bdi>
          </>
        )}
      </td>
      <td className={amount < 0 ? "bad" : ""}>{formatSigned(amount)}</td>
      <td>{formatNumber(total)}</td>
    </tr>
  );
};

/** What kind of entry it is, unless it is a press; and who took a press back. */
const Kind = ({ kind, by_person: person, by_device: device, by_label: label }) => {
  const texts = useTexts();
  if (!texts[`kind_${kind}`]) return null;
  const isAuthorKnown = person || device !== null; // not in the terminal, or in an imported file
  const who = <Participant person={person} label={label} number={device} />;
  return <>, {isAuthorKnown ? <T id="taken_back_by" who={who} /> : <T id={`kind_${kind}`} />}</>;
};

const Downloads = ({ counter }) =>
  ["csv", "jsonl"].map((format) => (
    <a
      key={format}
      className="btn framed"
      href={backendUrl(`/export/${encodeURIComponent(counter)}.${format}?zone=${encodeURIComponent(timeZone())}`).href}
      download
    >
      <Icon name="download" />
      {format === "csv" ? "CSV" : "JSON"}
    </a>
  ));
