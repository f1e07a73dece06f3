/* Bars for what was added and a line for what it came to; the same numbers as a table. */
import { T, grouped, signed } from "./counter_tab.jsx";
import { date, named } from "./moments.js";

const MARKS = 5; // times under the chart, at most
const EVENLY = [1, 2, 3, 6, 12]; // stretches between two of them

const CLOCK = new Set(["minute", "quarter", "hour"]);

export const Chart = ({ view: { bars, width, now } }) => {
  const most = Math.max(1, ...bars.map(([, , amount]) => Math.abs(amount)));
  const every = EVENLY.find((step) => bars.length / step <= MARKS) ?? Math.ceil(bars.length / MARKS);
  const highest = bars.findIndex(([, , amount]) => Math.abs(amount) === most);
  return (
    <figure className="chart">
      <div className="bars" aria-hidden="true">
        {bars.map(([start, end, amount], i) => (
          <span
            key={start}
            className={`${start <= now && now < end ? "now" : ""} ${amount < 0 ? "less" : ""}`}
            style={{ "--h": Math.abs(amount) / most }}
            title={`${CLOCK.has(width) ? `${date(start)}, ` : ""}${named(start, width)}: ${signed(amount)}`}
          >
            {i === highest && <i>{signed(amount)}</i>}
          </span>
        ))}
        <Total bars={bars} now={now} />
      </div>
      <div className="marks small quiet" aria-hidden="true">
        {bars.map(([start], i) =>
          i % every || i > 0.9 * bars.length ? null : (
            <span key={start} style={{ insetInlineStart: `${(100 * i) / bars.length}%` }}>
              {named(start, width)}
            </span>
          ),
        )}
      </div>
      <details>
        <summary className="small">
          <T of="chart" />
        </summary>
        <Numbers bars={bars} width={width} now={now} />
      </details>
    </figure>
  );
};

/** What it came to, as far as time has gone. */
const Total = ({ bars, now }) => {
  const past = bars.filter(([start]) => start <= now).map(([, , , , total]) => total);
  const [low, high] = [Math.min(0, ...past), Math.max(1, ...past)];
  const points = past.map((total, i) => `${i + 0.5},${(high - total) / (high - low)}`).join(" ");
  return (
    <svg className="total" viewBox={`0 0 ${bars.length} 1`} preserveAspectRatio="none">
      <polyline points={points} />
    </svg>
  );
};

const Numbers = ({ bars, width, now }) => (
  <table className="journal" data-testid="chart">
    <thead>
      <tr>
        {["time", "how_many", "then"].map((name) => (
          <th key={name} scope="col">
            <T of={name} />
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {bars
        .filter(([start]) => start <= now)
        .map(([start, , amount, clicks, total]) => (
          <tr key={start} data-start={start} data-amount={amount} data-clicks={clicks}>
            <th scope="row">
              {CLOCK.has(width) && `${date(start)}, `}
              {named(start, width)}
            </th>
            <td>{signed(amount)}</td>
            <td>{grouped(total)}</td>
          </tr>
        ))}
    </tbody>
  </table>
);
