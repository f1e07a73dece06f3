import assert from "node:assert/strict";
import { test } from "node:test";
import { createPressTimes } from "../../clickcounter/components/counter/press_times.js";
import {
  LONGEST_PRESS_TIME_MS,
  MAX_PRESS_TIMES,
  PRESS_TIMES_INTERVAL_MS,
} from "../../clickcounter/components/shared/constants.js";

const measuring = (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const page = { time: 1000, connected: true, reports: [], window: new EventTarget() };
  globalThis.addEventListener = page.window.addEventListener.bind(page.window);
  const times = createPressTimes({
    isConnected: () => page.connected,
    report: (report) => page.reports.push(report),
    now: () => page.time,
  });
  const press = (key) =>
    page.window.dispatchEvent(Object.assign(new Event("clickcounter:press"), { detail: { counter: "door", key } }));
  const minute = () => t.mock.timers.tick(PRESS_TIMES_INTERVAL_MS);
  return Object.assign(page, times, { press, minute });
};

test("a page that nobody asked measures nothing", (t) => {
  const page = measuring(t);
  page.press("a");
  page.receiveCodes({ a: "saved" });
  page.minute();
  assert.deepEqual(page.reports, []);
});

test("once a minute a page reports what its saved presses took", (t) => {
  const page = measuring(t);
  page.start();
  page.start();
  page.press("a");
  page.press("b");
  page.press("c");
  page.time += 12.4;
  page.receiveCodes({ a: "saved", b: "later", c: "full", of_another_visit: "saved" });
  page.time += 30;
  page.receiveCodes({ b: "saved" });
  assert.deepEqual(page.reports, []);
  page.minute();
  page.minute();
  assert.deepEqual(page.reports, [[12, 42]]);
});

test("a press without a connection, or that met its end, is not measured", (t) => {
  const page = measuring(t);
  page.start();
  page.press("a");
  page.connected = false;
  page.forget();
  page.press("b");
  page.connected = true;
  page.press("c");
  page.time += 5;
  page.receiveCodes({ a: "saved", b: "saved", c: "saved" });
  page.connected = false;
  page.minute();
  assert.deepEqual(page.reports, [], "Reflex would queue it");
  page.connected = true;
  page.minute();
  assert.deepEqual(page.reports, [[5]]);
});

test("of many presses a report holds a bounded choice of bounded times", (t) => {
  const page = measuring(t);
  page.start();
  for (let n = 0; n < 1000; n++) {
    page.press(`${n}`);
    page.time += n < 500 ? 1 : 10 * LONGEST_PRESS_TIME_MS;
    page.receiveCodes({ [n]: "saved" });
  }
  page.minute();
  const [report] = page.reports;
  assert.equal(report.length, MAX_PRESS_TIMES);
  assert.deepEqual([...new Set(report)].sort((a, b) => a - b), [1, LONGEST_PRESS_TIME_MS], "early and late ones");
});
