/* The chart itself. uPlot draws it: 21 kB, loaded when the first chart is shown. */
import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { grouped } from "./counter_tab.jsx";
import { named } from "./moments.js";

const HEIGHT = 260; // pixels
const LONGEST_MARK = 76; // pixels between two times under the chart, at least
const STEPS = [1, 2, 5].flatMap((digit) => [...Array(15).keys()].map((zeros) => digit * 10 ** zeros)).sort((a, b) => a - b);
const EVENLY = [1, 2, 3, 6, 12, 24, 48, 96, 192, 384]; // stretches from one time to the next
const PARTS = ["--part0", "--part1", "--part2", "--part3", "--part4", "--part5"];

/** `bars` and `series` as in history_chart.jsx; `at(place)` is told over which stretch somebody points, or null. */
const Plot = ({ bars, series, width, now, at }) => {
  const place = useRef(null);
  const drawn = useRef(null);
  const shown = useRef(null);
  const [wide, setWide] = useState(0);
  shown.current = { bars, width, now };
  const kind = `${bars.length} ${width} ${series.map(({ id }) => id)}`;

  useEffect(() => {
    const watch = new ResizeObserver(([{ contentRect }]) => setWide(Math.floor(contentRect.width)));
    watch.observe(place.current);
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    if (!wide) return;
    const plot = new uPlot(options(shown, series.length, wide, at), columns(bars, series, now), place.current);
    drawn.current = plot;
    // Colours and the language of times are the page's.
    const repaint = new MutationObserver(() => plot.redraw(false, true));
    repaint.observe(document.documentElement, { attributes: true });
    return () => {
      repaint.disconnect();
      plot.destroy();
      drawn.current = null;
    };
  }, [kind, wide]);
  useEffect(() => drawn.current?.setData(columns(bars, series, now)), [bars, series, now]);
  return <div ref={place} className="plot" style={{ height: HEIGHT }} />;
};

export default Plot;

const colour = (name) => getComputedStyle(document.querySelector(".history")).getPropertyValue(name).trim();

/** What uPlot takes: places, the parts of each bar on top of each other with the topmost first, and the total. */
const columns = (bars, series, now) => {
  const places = bars.map((_, i) => i);
  const total = bars.map(([start, , , , sum]) => (start <= now ? sum : null));
  if (!series.length) return [places, bars.map(([, , amount]) => amount), total];
  const sums = bars.map(() => ({ up: 0, down: 0 }));
  const stacked = series.map(({ amounts }) =>
    amounts.map((amount, i) => {
      const side = amount < 0 ? "down" : "up";
      sums[i][side] += amount;
      return amount ? sums[i][side] : null;
    }),
  );
  return [places, ...stacked.reverse(), total];
};

const options = (shown, parts, width, at) => ({
  width,
  height: HEIGHT,
  legend: { show: false },
  cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
  scales: {
    x: { time: false, range: (_, low, high) => [low - 0.6, high + 0.6] },
    y: { range: reaching },
    total: { range: reaching },
  },
  axes: [
    axis({
      incrs: EVENLY,
      space: LONGEST_MARK,
      grid: { show: false },
      values: (_, splits) => splits.map((i) => (shown.current.bars[i] ? named(shown.current.bars[i][0], shown.current.width) : "")),
    }),
    axis({ scale: "y", incrs: STEPS, values: numbers }),
    axis({ scale: "total", side: 1, incrs: STEPS, grid: { show: false }, values: numbers }),
  ],
  series: [
    {},
    ...(parts ? [...Array(parts).keys()].reverse().map((n) => bar({ fill: () => colour(PARTS[n]) })) : [plain(shown)]),
    { scale: "total", stroke: () => colour("--ink-2"), width: 2, dash: [5, 4], points: { show: false } },
  ],
  hooks: { setCursor: [({ cursor }) => at(cursor.idx ?? null)] },
});

const axis = (more) => ({
  stroke: () => colour("--ink-2"),
  font: "14px Geologica, system-ui, sans-serif",
  ticks: { show: false },
  grid: { stroke: () => colour("--line"), width: 1 },
  size: (_, values) => 14 + 8 * Math.max(2, ...(values ?? []).map((text) => text.length)),
  ...more,
  ...(more.scale ? {} : { size: 34 }),
});

const numbers = (_, splits) => splits.map(grouped);

/** From zero, or below it, to a little above the highest. */
const reaching = (_, low, high) => [Math.min(0, low ?? 0) * 1.08, Math.max(1, (high ?? 0) * 1.08)];

const bar = (more) => ({
  scale: "y",
  width: 0,
  points: { show: false },
  paths: uPlot.paths.bars({ size: [0.78, 72], radius: more.radius ?? 0, disp: more.disp }),
  ...more,
});

/** One bar a stretch: the one under way in the sun's colour, one that took off in that of what is wrong. */
const plain = (shown) => {
  const fills = () =>
    shown.current.bars.map(([start, end, amount]) => {
      if (amount < 0) return colour("--bad");
      return colour(start <= shown.current.now && shown.current.now < end ? "--sun-2" : "--ink");
    });
  return bar({ radius: 0.12, fill: () => colour("--ink"), disp: { fill: { unit: 3, values: fills } } });
};
