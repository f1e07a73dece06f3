/* Dates and times in the viewer's time zone, in the page's language and its region's formats. */
import { kept } from "../language/choice.js";
import { locale } from "../language/languages.js";

export const timeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";

/** How many hours a clock has here if nobody chose: 12 or 24. */
export const usualHours = () => (new Intl.DateTimeFormat(locale(), { hour: "numeric" }).resolvedOptions().hour12 ? 12 : 24);

const withHours = (parts, hours = kept("clock")) => (hours ? { ...parts, hourCycle: hours == 12 ? "h12" : "h23" } : parts);

export const formatTime = (ms, hours) =>
  new Date(ms).toLocaleTimeString(locale(), withHours({ hour: "numeric", minute: "2-digit" }, hours));

const formatDateParts = (ms, parts) => new Date(ms).toLocaleDateString(locale(), parts);

const MONDAY = new Date(2026, 0, 5).getTime();

/** A day of the week; Monday is 1. */
export const formatWeekday = (day) => formatDateParts(MONDAY + (day - 1) * DAY, { weekday: "long" });

export const formatDate = (ms) => formatDateParts(ms, { day: "numeric", month: "short" });

export const formatDateTime = (ms) => `${formatDate(ms)}, ${new Date(ms).toLocaleTimeString(locale(), withHours({ timeStyle: "medium" }))}`;

/** With the year, for what may be long ago. */
export const formatLongDate = (ms) => formatDateParts(ms, { dateStyle: "medium" });

export const formatLongDateTime = (ms) =>
  new Date(ms).toLocaleString(locale(), withHours({ dateStyle: "medium", timeStyle: "medium" }));

/** A stretch of time, with what both ends share only once. No line breaks a date or a time: only what stands between them. */
export const formatRange = (start, end) => {
  const parts = withHours({ day: "numeric", month: "short", hour: "numeric", minute: "2-digit" });
  const range = new Intl.DateTimeFormat(locale(), parts).formatRange(start, end);
  return range.replace(/(?<![,–])\s/g, "\u00a0");
};

const DAY = 86_400_000; // ms

/** A moment to come: today its time, within a week with the weekday, later with the date. */
export const formatComing = (ms) => {
  const time = formatTime(ms);
  if (new Date(ms).toDateString() === new Date().toDateString()) return time;
  if (ms - Date.now() < 6 * DAY) return `${formatDateParts(ms, { weekday: "long" })}, ${time}`;
  return `${formatDate(ms)}, ${time}`;
};

/**
 * The name of a bar of the chart: when it starts. Days and longer ones need no time, even if they do not start at midnight.
 * A month and a year are named by a day well within them: the server may not know this time zone.
 */
export const formatBarStart = (start, width) => {
  if (width === "day" || width === "week") return formatDate(start);
  if (width === "month") return formatDateParts(start + 2 * DAY, { month: "short", year: "numeric" });
  if (width === "year") return formatDateParts(start + 2 * DAY, { year: "numeric" });
  return formatTime(start);
};

/** A day of a counter, by the date on which it began. */
export const formatDay = (ms) => formatDateParts(ms, { weekday: "short", day: "numeric", month: "short" });

export const formatSpan = (start, end) => `${formatDateTime(start)} – ${end === null ? "" : formatDateTime(end)}`;

/** A step of a day's course by its time, one of a week's by its weekday. */
export const formatStep = (ms, unit) => (unit === "day" ? formatTime(ms) : formatDateParts(ms, { weekday: "short" }));
