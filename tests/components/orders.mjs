/* A promise for each order of a few things; see search.mjs. */
import assert from "node:assert/strict";
import test from "node:test";
import { search } from "./search.mjs";
import { load, SOURCES } from "./sources.mjs";

export const told = ({ states, story, fault }) => `${fault} (after ${states} states): ${story.join(" → ")}`;

export const holdsInEveryOrderOf = (most) =>
  test(`the tab shows one commit and its own clicks, in every order of ${JSON.stringify(most)}`, async (t) => {
    const found = search(await load(SOURCES), most);
    t.diagnostic(`${found.states} states`);
    assert.equal(found.fault, null, told(found));
  });
