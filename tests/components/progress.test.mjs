/* How far a counter is on its way. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { wayOf, wordsOf } from "../../clickcounter/components/way.js";

const state = (value, about) => wayOf(value, about).state;

test("the upper limit comes before the goal, and only the limit makes a counter full", () => {
  assert.equal(state(100, { upper: 100, goal: 10 }), "full");
  assert.equal(state(101, { upper: 100 }), "full");
  assert.equal(state(10, { goal: 10, warn_at: [80] }), "reached");
  assert.equal(state(10, { upper: 100, goal: 10, warn_at: [80] }), "free");
  assert.equal(state(0, { upper: 0 }), "full");
  assert.equal(state(5, {}), "free");
});

test("a warning is due from the first threshold on", () => {
  assert.equal(state(79, { upper: 100, warn_at: [95, 80] }), "free");
  assert.equal(state(80, { upper: 100, warn_at: [95, 80] }), "near");
  assert.equal(state(99, { upper: 100, warn_at: [] }), "free");
});

test("the arc is never longer than the whole nor shorter than nothing", () => {
  assert.equal(wayOf(-5, { goal: 10 }).share, 0);
  assert.equal(wayOf(25, { goal: 10 }).share, 1);
  assert.equal(wayOf(5, { goal: 10 }).share, 0.5);
  assert.equal(wayOf(5, { goal: -10 }).share, null);
  assert.equal(wayOf(5, {}).share, null);
});

test("the words say how many are left, or how many it is of how many", () => {
  const texts = Object.fromEntries(
    ["left_of", "reached", "full_of"].map((name) => [name, { en: `${name} {n} {of}`, ru: `${name} {n} из {of}` }]),
  );
  const words = (value, about) => wordsOf(value, wayOf(value, about), texts, String)?.en;
  assert.equal(words(459, { upper: 500, warn_at: [80] }), "left_of 41 500");
  assert.equal(words(500, { upper: 500, warn_at: [80] }), "full_of 500 500");
  assert.equal(words(12, { goal: 10 }), "reached 12 10");
  assert.equal(words(1, { goal: 10 }), undefined);
});
