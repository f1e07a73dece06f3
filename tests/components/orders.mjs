/* A test of the outbox in every order of a few events; see search.mjs. */
import assert from "node:assert/strict";
import test from "node:test";
import { search } from "./search.mjs";
import { load, SOURCES } from "./sources.mjs";

export const describeResult = ({ states, story, fault }) => `${fault} (after ${states} states): ${story.join(" → ")}`;

export const testEveryOrder = (limits) =>
  test(`the number is right in every order of ${JSON.stringify(limits)}`, async (t) => {
    const result = search(await load(SOURCES), limits);
    t.diagnostic(`${result.states} states`);
    assert.equal(result.fault, null, describeResult(result));
  });
