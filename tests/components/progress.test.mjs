/* How far a counter is on its way to its limit or its goal. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { progressOf, progressText } from "../../clickcounter/components/shared/progress.js";

const state = (value, about) => progressOf(value, about).state;

test("the limit takes precedence over the goal", () => {
  assert.equal(state(100, { upper: 100, goal: 10 }), "full");
  assert.equal(state(101, { upper: 100 }), "full");
  assert.equal(state(10, { goal: 10, warn_at: [80] }), "reached");
  assert.equal(state(10, { upper: 100, goal: 10, warn_at: [80] }), "free");
  assert.equal(state(0, { upper: 0 }), "full");
  assert.equal(state(5, {}), "free");
});

test("a warning is due from the lowest threshold on", () => {
  assert.equal(state(79, { upper: 100, warn_at: [95, 80] }), "free");
  assert.equal(state(80, { upper: 100, warn_at: [95, 80] }), "near");
  assert.equal(state(99, { upper: 100, warn_at: [] }), "free");
});

test("the arc's share stays between 0 and 1", () => {
  assert.equal(progressOf(-5, { goal: 10 }).share, 0);
  assert.equal(progressOf(25, { goal: 10 }).share, 1);
  assert.equal(progressOf(5, { goal: 10 }).share, 0.5);
  assert.equal(progressOf(5, { goal: -10 }).share, null);
  assert.equal(progressOf(5, {}).share, null);
});

test("the text says how many are left, or of how many", () => {
  const texts = Object.fromEntries(
    ["left_of", "reached", "full_of"].map((name) => [name, { en: `${name} {n} {of}`, ru: `${name} {n} из {of}` }]),
  );
  const text = (value, about) => {
    const said = progressText(value, progressOf(value, about), texts);
    return said?.text.en.replace("{n}", said.n).replace("{of}", said.of);
  };
  assert.equal(text(459, { upper: 500, warn_at: [80] }), "left_of 41 500");
  assert.equal(text(500, { upper: 500, warn_at: [80] }), "full_of 500 500");
  assert.equal(text(12, { goal: 10 }), "reached 12 10");
  assert.equal(text(1, { goal: 10 }), undefined);
});
