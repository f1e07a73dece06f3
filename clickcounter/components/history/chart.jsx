/* Bars for what was added, in total or by participant, and a line for the total; the same numbers in words and as a table. */
import { Suspense, useMemo, useState } from "react";
import { part } from "../app/part.jsx";
import { formatBarStart, formatDate } from "../shared/dates.js";
import { T } from "../shared/i18n.jsx";
import { formatNumber, formatSigned } from "../shared/numbers.js";
import { Participant } from "./participant.jsx";

const OTHERS = 0; // the id of the series of all other participants
const WITHIN_A_DAY = new Set(["minute", "quarter", "hour"]);
const ChartPlot = part(() => import("./chart_plot.jsx")); // only here, and after the numbers are shown

/** @param {{ view: import("../shared/shapes.js").HistoryView }} props */
export const Chart = ({ view }) => {
  const { bars, parts, width, now } = view;
  const series = useMemo(() => withOthers(bars, parts), [view]);
  const [pointed, setPointed] = useState(null); // the index of the bar under the pointer
  return (
    <figure className="chart">
      <BarCaption bar={bars[pointed]} width={width} />
      <div className="plot-place" aria-hidden="true">
        <Suspense fallback={null}>
          <ChartPlot bars={bars} series={series} width={width} now={now} onPoint={setPointed} />
        </Suspense>
      </div>
      {series.length > 0 && <Legend series={series} />}
      <details>
        <summary className="small">
          <T id="chart" />
        </summary>
        <Table bars={bars} series={series} width={width} now={now} />
      </details>
    </figure>
  );
};

const BarStart = ({ start, width }) => (
  <>
    {WITHIN_A_DAY.has(width) && `${formatDate(start)}, `}
    {formatBarStart(start, width)}
  </>
);

/** The bar under the pointer, in words. */
const BarCaption = ({ bar, width }) => (
  <figcaption className="small quiet" aria-hidden="true">
    {bar && (
      <>
        <BarStart start={bar[0]} width={width} /> —{" "}
        <T id="bar" n={formatSigned(bar[2])} total={formatNumber(bar[4])} />
      </>
    )}
  </figcaption>
);

/** The amounts of each participant, and of all others together. */
const withOthers = (bars, parts) => {
  const series = parts.map(([number, label, person, amounts]) => ({
    id: person ? `person ${person}` : number,
    number,
    label,
    person,
    amounts,
  }));
  const rest = bars.map(([, , amount], i) => amount - series.reduce((sum, { amounts }) => sum + amounts[i], 0));
  return series.length && rest.some(Boolean) ? [...series, { id: OTHERS, amounts: rest }] : series;
};

const Name = ({ id, ...participant }) => (id === OTHERS ? <T id="others" /> : <Participant {...participant} />);

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

const Table = ({ bars, series, width, now }) => (
  <table className="journal" data-testid="chart">
    <thead>
      <tr>
        {["time", "how_many", "then"].map((name) => (
          <th key={name} scope="col">
            <T id={name} />
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
              <BarStart start={start} width={width} />
            </th>
            <td>{formatSigned(amount)}</td>
            <td>{formatNumber(total)}</td>
            {series.map(({ id, amounts }) => (
              <td key={id}>{formatSigned(amounts[i])}</td>
            ))}
          </tr>
        ),
      )}
    </tbody>
  </table>
);
