/* The chart itself, drawn by uPlot: 21 kB, loaded when the first chart is shown. */
import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatBarStart } from "../shared/dates.js";
import { useFormats } from "../shared/i18n.jsx";
import { formatNumber } from "../shared/numbers.js";

const HEIGHT = 260; // pixels
const MIN_LABEL_GAP = 76; // pixels between two times on the x axis
const Y_STEPS = [1, 2, 5]
  .flatMap((digit) => [...Array(15).keys()].map((zeros) => digit * 10 ** zeros))
  .sort((a, b) => a - b);
const X_STEPS = [1, 2, 3, 6, 12, 24, 48, 96, 192, 384]; // bars from one label to the next
const SERIES_COLOURS = ["--part0", "--part1", "--part2", "--part3", "--part4", "--part5"];

/** `bars` and `series` are those of chart.jsx; `onPoint(index)` is called with the bar under the pointer, or null. */
const ChartPlot = ({ bars, series, width, now, onPoint }) => {
  const container = useRef(null);
  const plot = useRef(null);
  const newest = useRef(null); // for callbacks of uPlot, which outlive a rendering
  const [pixels, setPixels] = useState(0);
  newest.current = { bars, width, now };
  const layout = `${bars.length} ${width} ${series.map(({ id }) => id)}`;

  useEffect(() => {
    const observer = new ResizeObserver(([{ contentRect }]) => setPixels(Math.floor(contentRect.width)));
    observer.observe(container.current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (!pixels) return;
    const drawn = new uPlot(options(newest, series.length, pixels, onPoint), data(bars, series, now), container.current);
    plot.current = drawn;
    // The theme and the language are attributes of the page.
    const observer = new MutationObserver(() => drawn.redraw(false, true));
    observer.observe(document.documentElement, { attributes: true });
    return () => {
      observer.disconnect();
      drawn.destroy();
      plot.current = null;
    };
  }, [layout, pixels]);
  useEffect(() => plot.current?.setData(data(bars, series, now)), [bars, series, now]);
  useEffect(() => plot.current?.redraw(false, true), [useFormats()]);
  return <div ref={container} className="plot" style={{ height: HEIGHT }} />;
};

export default ChartPlot;

const colour = (name) => getComputedStyle(document.querySelector(".history")).getPropertyValue(name).trim();

/** What uPlot takes: the x values, the series stacked on top of each other with the topmost first, and the total. */
const data = (bars, series, now) => {
  const xs = bars.map((_, i) => i);
  const totals = bars.map(([start, , , , total]) => (start <= now ? total : null));
  if (!series.length) return [xs, bars.map(([, , amount]) => amount), totals];
  const sums = bars.map(() => ({ up: 0, down: 0 }));
  const stacked = series.map(({ amounts }) =>
    amounts.map((amount, i) => {
      const side = amount < 0 ? "down" : "up";
      sums[i][side] += amount;
      return amount ? sums[i][side] : null;
    }),
  );
  return [xs, ...stacked.reverse(), totals];
};

const options = (newest, seriesCount, width, onPoint) => ({
  width,
  height: HEIGHT,
  legend: { show: false },
  cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
  scales: {
    x: { time: false, range: (_, low, high) => [low - 0.6, high + 0.6] },
    y: { range },
    total: { range },
  },
  axes: [
    axis({ incrs: X_STEPS, space: MIN_LABEL_GAP, grid: { show: false }, values: (_, splits) => barStarts(newest.current, splits) }),
    axis({ scale: "y", incrs: Y_STEPS, values: formatNumbers }),
    axis({ scale: "total", side: 1, incrs: Y_STEPS, grid: { show: false }, values: formatNumbers }),
  ],
  series: [
    {},
    ...(seriesCount ? stackedBars(seriesCount) : [plainBars(newest)]),
    { scale: "total", stroke: () => colour("--ink-2"), width: 2, dash: [5, 4], points: { show: false } },
  ],
  hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)] },
});

const barStarts = ({ bars, width }, splits) => splits.map((i) => (bars[i] ? formatBarStart(bars[i][0], width) : ""));

const axis = (more) => ({
  stroke: () => colour("--ink-2"),
  font: "14px Geologica, system-ui, sans-serif",
  ticks: { show: false },
  grid: { stroke: () => colour("--line"), width: 1 },
  size: (_, values) => 14 + 8 * Math.max(2, ...(values ?? []).map((text) => text.length)),
  ...more,
  ...(more.scale ? {} : { size: 34 }),
});

const formatNumbers = (_, splits) => splits.map(formatNumber);

/** From 0, or the lowest value below it, to a little above the highest. */
const range = (_, low, high) => [Math.min(0, low ?? 0) * 1.08, Math.max(1, (high ?? 0) * 1.08)];

const bar = (more) => ({
  scale: "y",
  width: 0,
  points: { show: false },
  paths: uPlot.paths.bars({ size: [0.78, 72], radius: more.radius ?? 0, disp: more.disp }),
  ...more,
});

/** A series for each participant, the topmost first. */
const stackedBars = (count) =>
  [...Array(count).keys()].reverse().map((n) => bar({ fill: () => colour(SERIES_COLOURS[n]) }));

/** One series: the current bar in the sun's colour, negative bars in that of errors. */
const plainBars = (newest) => {
  const fills = () => {
    const { bars, now } = newest.current;
    return bars.map(([start, end, amount]) => {
      if (amount < 0) return colour("--bad");
      return colour(start <= now && now < end ? "--sun-2" : "--ink");
    });
  };
  return bar({ radius: 0.12, fill: () => colour("--ink"), disp: { fill: { unit: 3, values: fills } } });
};
