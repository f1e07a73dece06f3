/* What the bars of a chart are called, in both languages. */
import assert from "node:assert/strict";
import test from "node:test";

process.env.TZ = "America/New_York";
globalThis.document = { documentElement: { lang: "en" } };
const { formatBarStart, formatRange } = await import("../../clickcounter/components/shared/dates.js");

const label = (start, width, lang) => {
  document.documentElement.lang = lang;
  return formatBarStart(Date.parse(start), width);
};

test("days and weeks are called by their date", () => {
  assert.equal(label("2026-03-02T00:00-05:00", "week", "en"), "Mar 2");
  assert.equal(label("2026-03-02T00:00-05:00", "day", "ru"), "2 мар.");
});

test("a stretch of time has a time at both ends, and breaks between its parts only", () => {
  document.documentElement.lang = "en";
  const range = (start, end) => formatRange(Date.parse(start), Date.parse(end));
  const parts = (said) => said.split(/(?!\u00a0)\s/);
  const days = range("2026-11-29T12:00-05:00", "2026-11-30T12:00-05:00");
  assert.deepEqual(parts(days), ["Nov\u00a029,", "12:00\u00a0PM\u00a0–", "Nov\u00a030,", "12:00\u00a0PM"]);
  assert.match(range("2026-11-29T08:00-05:00", "2026-11-29T09:30-05:00"), /^Nov.29, 8:00.–\s9:30.AM$/);
  assert.equal(range("2026-11-29T08:00-05:00", "2026-11-29T08:00:05-05:00"), "Nov\u00a029, 8:00\u00a0AM");
});

test("months and years are called by their names", () => {
  assert.equal(label("2026-03-01T00:00-05:00", "month", "en"), "Mar 2026");
  assert.match(label("2026-03-01T00:00-05:00", "month", "ru"), /^март? 2026/);
  assert.equal(label("2026-01-01T05:00-05:00", "year", "en"), "2026");
  assert.equal(label("2026-01-01T05:00-05:00", "year", "ru"), "2026");
});

test("a month that the server began in another time zone keeps its name", () => {
  assert.equal(label("2026-03-01T00:00Z", "month", "en"), "Mar 2026");
  assert.equal(label("2026-01-01T00:00Z", "year", "en"), "2026");
});
