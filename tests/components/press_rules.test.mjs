/* Which presses a page offers: a group's none, and below the lower limit only where who leaves has come. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { canPress } from "../../clickcounter/components/outbox/press_rules.js";

const view = (about, value = 0) => ({ about: { press: "anyone", lower: 0, upper: null, ...about }, known: true, rights: null, value });

test("a group cannot be pressed", () => {
  assert.equal(canPress(view({}), 1), true);
  assert.equal(canPress(view({ group: true }), 1), false);
});

test("who leaves has come, where the counter says so", () => {
  assert.equal(canPress(view({}), -1), false);
  assert.equal(canPress(view({ lets_leave: true }), -1), true);
});
