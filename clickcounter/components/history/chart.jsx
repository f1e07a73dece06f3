/* Bars for what was added, whole or by device, and a line for what it came to; the same numbers in words and as a table. */
import { Suspense, lazy, useMemo, useState } from "react";
import { T, grouped, signed } from "./counter_tab.jsx";
import { Who } from "./history_parts.jsx";
import { date, named } from "./moments.js";

const OTHERS = 0; // in place of a person's name or a device's number
const CLOCK = new Set(["minute", "quarter", "hour"]);
const Plot = lazy(() => import("./history_plot.jsx")); // no other page loads it, and this one shows its numbers before

export const Chart = ({ view }) => {
  const { bars, parts, width, now } = view;
  const series = useMemo(() => withOthers(bars, parts), [view]);
  const [pointed, at] = useState(null);
  return (
    <figure className="chart">
      <Pointed bar={bars[pointed]} width={width} />
      <div className="plot-place" aria-hidden="true">
        <Suspense fallback={null}>
          <Plot bars={bars} series={series} width={width} now={now} at={at} />
        </Suspense>
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

const When = ({ start, width }) => (
  <>
    {CLOCK.has(width) && `${date(start)}, `}
    {named(start, width)}
  </>
);

/** The stretch that somebody points at, in words. */
const Pointed = ({ bar, width }) => (
  <figcaption className="small quiet" aria-hidden="true">
    {bar && (
      <>
        <When start={bar[0]} width={width} /> — <T of="bar" n={signed(bar[2])} total={grouped(bar[4])} />
      </>
    )}
  </figcaption>
);

/** Each person's and device's amounts, and what is left for the others. */
const withOthers = (bars, parts) => {
  const series = parts.map(([number, label, person, amounts]) => ({ id: person ? `person ${person}` : number, number, label, person, amounts }));
  const rest = bars.map(([, , amount], i) => amount - series.reduce((sum, { amounts }) => sum + amounts[i], 0));
  return series.length && rest.some(Boolean) ? [...series, { id: OTHERS, amounts: rest }] : series;
};

const Name = ({ id, ...who }) => (id === OTHERS ? <T of="others" /> : <Who {...who} />);

const Legend = ({ series }) => (
  <ul className="legend small" aria-hidden="true">
    {series.map((one, n) => (
      <li key={one.id}>
        <b className={`part${n}`} />
        <span>
          <Name {...one} />
        </span>
      </li>
    ))}
  </ul>
);

const Numbers = ({ bars, series, width, now }) => (
  <table className="journal" data-testid="chart">
    <thead>
      <tr>
        {["time", "how_many", "then"].map((name) => (
          <th key={name} scope="col">
            <T of={name} />
          </th>
        ))}
        {series.map((one) => (
          <th key={one.id} scope="col">
            <Name {...one} />
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {bars.map(([start, , amount, clicks, total], i) =>
        start > now ? null : (
          <tr key={start} data-start={start} data-amount={amount} data-clicks={clicks}>
            <th scope="row">
              <When start={start} width={width} />
            </th>
            <td>{signed(amount)}</td>
            <td>{grouped(total)}</td>
            {series.map(({ id, amounts }) => (
              <td key={id}>{signed(amounts[i])}</td>
            ))}
          </tr>
        ),
      )}
    </tbody>
  </table>
);
