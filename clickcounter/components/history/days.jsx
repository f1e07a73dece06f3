/* The days of a counter whose rounds end by themselves, side by side: how this one compares, and a table of the others. */
import { Suspense, useState } from "react";
import { part } from "../app/part.jsx";
import { formatDay, formatSpan } from "../shared/dates.js";
import { T } from "../shared/i18n.jsx";
import { formatNumber, formatSigned } from "../shared/numbers.js";

const DaysPlot = part(() => import("./days_plot.jsx"));
const WEEK = 7 * 86_400_000; // ms
const FEW = 8; // days: this one, and the last seven
const SLACK = WEEK / 14; // half a day

/** @param {{ days: import("../shared/shapes.js").Days }} props */
export const Days = ({ days: view, now, onRound }) => (
  <section className="days" data-testid="days" data-unit={view.unit}>
    <h2>
      <T id={`${view.unit}s`} />
    </h2>
    <Comparison {...view} />
    {(view.before || view.typical !== null) && (
      <div className="plot-place" aria-hidden="true">
        <Suspense fallback={null}>
          <DaysPlot {...view} now={now} />
        </Suspense>
      </div>
    )}
    <Table {...view} onRound={onRound} />
  </section>
);

/** Today in words and numbers: the same time of the day a week ago and of a typical day. */
const Comparison = ({ unit, before, typical, ...soFar }) => {
  const lines = [
    ["so_far", soFar.so_far, null],
    ...(before ? [["before", soFar.before_so_far, before.total]] : []),
    ...(typical === null ? [] : [["typical", soFar.typical_so_far, typical]]),
  ];
  return (
    <dl className="compared">
      {lines.map(([name, n, end]) => (
        <div key={name} data-testid={`days-${name}`} data-value={n} data-end={end ?? ""} className={`line ${name}`}>
          <dt className="small">
            <T id={`${name}_${unit}`} />
          </dt>
          <dd>
            <b>{formatNumber(n)}</b>{" "}
            {end !== null && (
              <span className="small quiet">
                <T id="in_the_end" n={end} />
              </span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
};

const Table = ({ unit, days, onRound }) => {
  const [all, setAll] = useState(false);
  const most = Math.max(1, ...days.map(({ total }) => Math.abs(total)));
  return (
    <>
      <table className="journal">
        <thead>
          <tr>
            {[unit, "of_day", "to_week_before"].map((name) => (
              <th key={name} scope="col">
                <T id={name} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {(all ? days : days.slice(0, FEW)).map((day) => (
            <Row key={day.number} day={day} before={weekBefore(days, day)} most={most} onRound={onRound} />
          ))}
        </tbody>
      </table>
      {!all && days.length > FEW && (
        <button type="button" className="btn edge" data-testid="more-days" onClick={() => setAll(true)}>
          <T id={`more_${unit}s`} />
        </button>
      )}
    </>
  );
};

/** A day; the current one is not over, so it is compared above. */
const Row = ({ day: { number, total, started_at: start, ended_at: end }, before, most, onRound }) => (
  <tr data-round={number} data-total={total}>
    <th scope="row">
      <button type="button" className="linklike" title={formatSpan(start, end)} onClick={() => onRound(number)}>
        {formatDay(start)}
      </button>
      {end === null && (
        <span className="small quiet">
          {" "}
          <T id="current" />
        </span>
      )}
    </th>
    <td>
      <span className="bar-row">
        <i className={total < 0 ? "below" : undefined} style={{ inlineSize: `${(Math.abs(total) / most) * 100}%` }} />
        <data value={total}>{formatNumber(total)}</data>
      </span>
    </td>
    <td>{before && end !== null ? formatSigned(total - before.total) : ""}</td>
  </tr>
);

const weekBefore = (days, day) =>
  days.find(({ started_at: start }) => Math.abs(day.started_at - WEEK - start) < SLACK && start < day.started_at);
