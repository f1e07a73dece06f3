/* What a file holds, as it would be counted. */
import { formatLongDate, formatLongDateTime } from "../shared/dates.js";
import { Bilingual, T } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { formatNumber, formatSigned } from "../shared/numbers.js";
import { IMPORT_WRITERS } from "./constants.js";

const MANY = 4; // more of them scroll

/** What scrolls can be reached with the keyboard. */
const scrolled = (isLong) => (isLong ? { tabIndex: 0, "data-long": "" } : {});

export const Preview = ({ preview, isOld }) => {
  const { plan, settings, counters, rows, left_out: leftOut } = preview;
  const writer = IMPORT_WRITERS[plan?.writer];
  return (
    <div className="preview" data-testid="preview" aria-busy={isOld}>
      {writer && (
        <p className="quiet small" data-testid="writer">
          <T id="import_writer" name={<Bilingual text={writer} />} />
        </p>
      )}
      {preview.export && (
        <p className="quiet small" data-testid="whole">
          <T id="import_whole" />
        </p>
      )}
      <Sheet {...settings.find(({ setting }) => setting === "sheet")} />
      <Counters counters={counters} />
      {rows.length > 0 && <FirstRows rows={rows} isOne={counters.length < 2} />}
      {leftOut.count > 0 && <LeftOut {...leftOut} />}
    </div>
  );
};

/** Which one of several sheets it is. */
const Sheet = ({ value, choices = [] }) =>
  choices.length > 1 && (
    <p className="quiet small" data-testid="sheet">
      <T id="import_sheet" name={value} n={choices.length} />
    </p>
  );

const Counters = ({ counters }) => (
  <ul className="found" {...scrolled(counters.length > MANY)} data-testid="found">
    {counters.map((counter) => (
      <li key={counter.slug} data-testid="found-counter" data-slug={counter.slug} data-sum={counter.sum}>
        <span className="what">
          <b dir="auto">{counter.name || counter.slug}</b>
          <span className="quiet small">
            {counter.new && (
              <>
                <T id="import_new" />
                {" · "}
              </>
            )}
            <T id="import_rows" n={counter.rows} />
            <Span {...counter} />
          </span>
        </span>
        <data value={counter.sum}>{formatSigned(counter.sum)}</data>
      </li>
    ))}
  </ul>
);

/** From when to when. */
const Span = ({ first, last }) => {
  if (first === null) return null;
  const [from, to] = [first, last].map(formatLongDate);
  return <> · {from === to ? from : `${from} – ${to}`}</>;
};

const FirstRows = ({ rows, isOne }) => (
  <section className="rows" {...scrolled(rows.length > MANY)} aria-labelledby="import-rows" data-testid="first-rows">
    <table className="small">
      <caption id="import-rows" className="quiet">
        <T id="import_first_rows" />
      </caption>
      <thead className="sr">
        <tr>
          <th scope="col">
            <T id="import_line" />
          </th>
          {!isOne && (
            <th scope="col">
              <T id="import_counter" />
            </th>
          )}
          <th scope="col">
            <T id="import_time" />
          </th>
          <th scope="col">
            <T id="import_amount" />
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={`${row.line} ${row.counter} ${row.at}`}>
            <td className="quiet">{formatNumber(row.line)}</td>
            {!isOne && <td dir="auto">{row.counter}</td>}
            <td>
              {row.at === null ? <T id="import_no_time" /> : formatLongDateTime(row.at)}
              {row.opening && (
                <>
                  {", "}
                  <T id="import_opening" />
                </>
              )}
              {row.note && (
                <>
                  : <bdi>{row.note}</bdi>
                </>
              )}
            </td>
            <td>{formatSigned(row.amount)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);

const LeftOut = ({ count, rows }) => (
  <details data-testid="left-out" data-count={count}>
    <summary>
      <T id="import_left_out" n={count} />
    </summary>
    <ul className="small reasons" {...scrolled(rows.length > MANY)}>
      {rows.map(({ line, why }) => (
        <li key={line}>
          <T id="import_reason" n={line} why={<Bilingual text={why} />} />
        </li>
      ))}
      {count > rows.length && (
        <li>
          <T id="import_more" n={count - rows.length} />
        </li>
      )}
    </ul>
  </details>
);

/** The same file was imported before. */
export const Known = ({ known, undo }) => {
  if (!known) return null;
  return (
    <p className="small known" data-testid="known">
      <Icon name="check" />
      <span>
        <T id={known.undone ? "import_known_undone" : "import_known"} at={formatLongDateTime(known.at)} />
      </span>
      {!known.undone && (
        <button type="button" className="btn edge" data-testid="undo-known" onClick={() => undo(known.import)}>
          <T id="import_undo_that" />
        </button>
      )}
    </p>
  );
};
