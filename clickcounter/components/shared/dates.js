/* Dates and times in the viewer's time zone and language. */

export const timeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";

const language = () => document.documentElement.lang || "en";

const formatTime = (ms) => new Date(ms).toLocaleTimeString(language(), { hour: "numeric", minute: "2-digit" });

export const formatDate = (ms) => new Date(ms).toLocaleDateString(language(), { day: "numeric", month: "short" });

export const formatDateTime = (ms) => `${formatDate(ms)}, ${new Date(ms).toLocaleTimeString(language())}`;

/** The name of a bar of the chart: when it starts. Days and weeks need no time, even if they do not start at midnight. */
export const formatBarStart = (start, width) => (width === "day" || width === "week" ? formatDate(start) : formatTime(start));
