/* Bars for what was added, whole or by device, and a line for what it came to; the same numbers as a table. */
import { T, grouped, signed } from "./counter_tab.jsx";
import { Who } from "./history_parts.jsx";
import { date, named } from "./moments.js";

const MARKS = 5; // times under the chart, at most
const EVENLY = [1, 2, 3, 6, 12]; // stretches between two of them

const CLOCK = new Set(["minute", "quarter", "hour"]);

export const Chart = ({ view: { bars, parts, width, now } }) => {
  const series = withOthers(bars, parts);
  const most = Math.max(1, ...bars.map(([, , amount]) => Math.abs(amount)));
  const every = EVENLY.find((step) => bars.length / step <= MARKS) ?? Math.ceil(bars.length / MARKS);
  const highest = bars.findIndex(([, , amount]) => Math.abs(amount) === most);
  return (
    <figure className="chart">
      <div className="bars" aria-hidden="true">
        {bars.map(([start, end, amount], i) => (
          <span
            key={start}
            className={`${start <= now && now < end ? "now" : ""} ${amount < 0 ? "less" : ""} ${series.length ? "cut" : ""}`}
            style={{ "--h": Math.abs(amount) / most }}
            title={`${CLOCK.has(width) ? `${date(start)}, ` : ""}${named(start, width)}: ${signed(amount)}`}
          >
            {i === highest && <i>{signed(amount)}</i>}
            {series.map(({ number, amounts }, n) => (
              <b key={number} className={`part${n}`} style={{ flexGrow: Math.abs(amounts[i]) }} />
            ))}
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
      {series.length > 0 && <Legend series={series} />}
      <details>
        <summary className="small">
          <T of="chart" />
        </summary>
        <Numbers bars={bars} series={series} width={width} now={now} />
      </details>
    </figure>
  );
};

/** Each device's amounts, and what is left for the others. */
const withOthers = (bars, parts) => {
  const series = parts.map(([number, label, amounts]) => ({ number, label, amounts }));
  const rest = bars.map(([, , amount], i) => amount - series.reduce((sum, { amounts }) => sum + amounts[i], 0));
  return series.length && rest.some(Boolean) ? [...series, { number: 0, amounts: rest }] : series;
};

const Name = ({ label, number }) => (number ? <Who label={label} number={number} /> : <T of="others" />);

const Legend = ({ series }) => (
  <ul className="legend small" aria-hidden="true">
    {series.map(({ number, label }, n) => (
      <li key={number}>
        <b className={`part${n}`} />
        <span>
          <Name label={label} number={number} />
        </span>
      </li>
    ))}
  </ul>
);

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

const Numbers = ({ bars, series, width, now }) => (
  <table className="journal" data-testid="chart">
    <thead>
      <tr>
        {["time", "how_many", "then"].map((name) => (
          <th key={name} scope="col">
            <T of={name} />
          </th>
        ))}
        {series.map(({ number, label }) => (
          <th key={number} scope="col">
            <Name label={label} number={number} />
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {bars.map(([start, , amount, clicks, total], i) =>
        start > now ? null : (
          <tr key={start} data-start={start} data-amount={amount} data-clicks={clicks}>
            <th scope="row">
              {CLOCK.has(width) && `${date(start)}, `}
              {named(start, width)}
            </th>
            <td>{signed(amount)}</td>
            <td>{grouped(total)}</td>
            {series.map(({ number, amounts }) => (
              <td key={number}>{signed(amounts[i])}</td>
            ))}
          </tr>
        ),
      )}
    </tbody>
  </table>
);
