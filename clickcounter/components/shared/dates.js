/* Dates and times in the viewer's time zone and language. */

export const timeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";

const language = () => document.documentElement.lang || "en";

const formatTime = (ms) => new Date(ms).toLocaleTimeString(language(), { hour: "numeric", minute: "2-digit" });

const formatDateParts = (ms, parts) => new Date(ms).toLocaleDateString(language(), parts);

export const formatDate = (ms) => formatDateParts(ms, { day: "numeric", month: "short" });

export const formatDateTime = (ms) => `${formatDate(ms)}, ${new Date(ms).toLocaleTimeString(language())}`;

const DAY = 86_400_000; // ms

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
