/* As in outbox.test.mjs, with tabs that are closed and reopened. A file of its own, so that both run at the same time. */
import assert from "node:assert/strict";
import test from "node:test";
import { search } from "./search.mjs";
import { load, SOURCES } from "./sources.mjs";

const told = ({ states, story, fault }) => `${fault} (after ${states} states): ${story.join(" → ")}`;

for (const most of [
  { presses: 2, news: 1, trouble: 1, visits: 1 },
  { presses: 1, undos: 1, trouble: 1, visits: 1 },
]) {
  test(`the tab shows one commit and its own clicks, in every order of ${JSON.stringify(most)}`, async (t) => {
    const found = search(await load(SOURCES), most);
    t.diagnostic(`${found.states} states`);
    assert.equal(found.fault, null, told(found));
  });
}
