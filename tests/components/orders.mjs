/* A test of the outbox in every order of a few events; see search.mjs. */
import assert from "node:assert/strict";
import test from "node:test";
import { search } from "./search.mjs";
import { load, SOURCES } from "./sources.mjs";

/** How often events of each kind may happen in the searches of every test run. */
export const ORDERS = {
  presses: { presses: 3, news: 1 },
  trouble: { presses: 2, news: 1, trouble: 1 },
  undos: { presses: 2, undos: 1, news: 1 },
  troubledUndos: { presses: 1, minus: 1, undos: 1, trouble: 1 },
  limit: { presses: 2, undos: 1, news: 1, upper: 11 },
  troubledLimit: { presses: 1, undos: 1, news: 1, trouble: 1, upper: 10 },
  lowerLimit: { minus: 2, undos: 1, news: 1, lower: 9 },
  visits: { presses: 2, trouble: 1, visits: 1 },
};

export const describeResult = ({ states, story, fault }) => `${fault} (after ${states} states): ${story.join(" → ")}`;

export const testEveryOrder = (limits) =>
  test(`the number is right in every order of ${JSON.stringify(limits)}`, async (t) => {
    const result = search(await load(SOURCES), limits);
    t.diagnostic(`${result.states} states`);
    assert.equal(result.fault, null, describeResult(result));
  });
