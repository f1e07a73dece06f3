/* The course of today, of a week ago and of a typical day, drawn by uPlot over the hours since the day began. */
import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatStep } from "../shared/dates.js";
import { useFormats } from "../shared/i18n.jsx";
import { formatNumber } from "../shared/numbers.js";

const HEIGHT = 220; // pixels

const DaysPlot = ({ unit, step, days, now, course, so_far, before_course: before, typical_course: typical }) => {
  const container = useRef(null);
  const plot = useRef(null);
  const [pixels, setPixels] = useState(0);
  const start = days[0].started_at;
  const data = columns({ course, before, typical }, Math.max(0, (now - start) / step), so_far);
  useEffect(() => {
    const observer = new ResizeObserver(([{ contentRect }]) => setPixels(Math.floor(contentRect.width)));
    observer.observe(container.current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (!pixels) return;
    const drawn = new uPlot(options(pixels, (n) => formatStep(start + n * step, unit)), data, container.current);
    plot.current = drawn;
    const observer = new MutationObserver(() => drawn.redraw(false, true)); // the theme and the language
    observer.observe(document.documentElement, { attributes: true });
    return () => {
      observer.disconnect();
      drawn.destroy();
      plot.current = null;
    };
  }, [pixels, start, step]);
  useEffect(() => plot.current?.setData(data), [JSON.stringify(data)]);
  useEffect(() => plot.current?.redraw(false, true), [useFormats()]);
  return <div ref={container} className="plot" style={{ height: HEIGHT }} />;
};

export default DaysPlot;

/** What uPlot takes: the steps and the present moment, and the totals at each of them, the last of today's being `soFar`. */
const columns = ({ course, before, typical }, present, soFar) => {
  const last = Math.max(before.length, typical.length);
  const grows = [before, typical].some((one) => one.at(-1) !== one.at(-2)); // else no clock was put back: 24 hours
  const steps = [...Array(Math.max(grows ? last : last - 1, Math.ceil(present)) + 1).keys()];
  const xs = [...new Set([...steps, present])].sort((a, b) => a - b);
  const at = (totals) => (x) => (x === 0 && totals.length ? 0 : (totals[x - 1] ?? null));
  const today = (x) => (x === present ? soFar : x < present ? at(course.length ? course : [0])(x) : null);
  return [xs, xs.map(at(typical)), xs.map(at(before)), xs.map(today)];
};

const colour = (name) => getComputedStyle(document.querySelector(".history")).getPropertyValue(name).trim();

const options = (width, nameOf) => ({
  width,
  height: HEIGHT,
  legend: { show: false },
  padding: [null, 32, null, null], // half of the last time
  cursor: { show: false },
  scales: { x: { time: false }, y: { range: (_, low, high) => [Math.min(0, low ?? 0), Math.max(1, (high ?? 0) * 1.08)] } },
  axes: [
    axis({ size: 34, space: 64, incrs: [1, 2, 3, 4, 6, 12], grid: { show: false }, values: (_, splits) => splits.map(nameOf) }),
    axis({ size: (_, values) => 14 + 8 * Math.max(2, ...(values ?? []).map((text) => text.length)), values: (_, splits) => splits.map((n) => (Number.isInteger(n) ? formatNumber(n) : "")) }),
  ],
  series: [
    {},
    line({ stroke: () => colour("--ink-2"), dash: [2, 4] }),
    line({ stroke: () => colour("--ink-2") }),
    line({ stroke: () => colour("--sun-2"), width: 3 }),
  ],
});

const line = (more) => ({ width: 2, spanGaps: true, points: { show: false }, ...more });

const axis = (more) => ({
  stroke: () => colour("--ink-2"),
  font: "14px Geologica, system-ui, sans-serif",
  ticks: { show: false },
  grid: { stroke: () => colour("--line"), width: 1 },
  ...more,
});
