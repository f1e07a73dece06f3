/* The outbox holds in every order of what may happen, and the search that says so finds what it is for. */
import assert from "node:assert/strict";
import test from "node:test";
import { search } from "./search.mjs";
import { load, SOURCE } from "./world.mjs";

const told = ({ states, story, fault }) => `${fault} (after ${states} states): ${story.join(" → ")}`;

for (const most of [
  { presses: 3, news: 1, trouble: 1 },
  { presses: 2, news: 1, trouble: 2 },
  { presses: 2, news: 1, trouble: 1, visits: 1 },
]) {
  test(`the tab shows one commit and its own clicks, in every order of ${JSON.stringify(most)}`, async (t) => {
    const found = search(await load(SOURCE), most);
    t.diagnostic(`${found.states} states`);
    assert.equal(found.fault, null, told(found));
  });
}

// [what is broken, the text that is taken out, what stands there then]
const BREAKS = [
  ["aside is taken out: the newest snapshot is shown while a batch flies", "if (flying.length && base) {", "if (false) {"],
  ["an older snapshot is taken", "b.revision > a.revision", "b.revision !== a.revision"],
  ["clicks of another round are added", "base && click.round === base.round && !click.stray", "base && !click.stray"],
  ["clicks of closed tabs are added", "click.round === base.round && !click.stray", "click.round === base.round"],
  ["'later' counts as saved", '(answer.codes[click.key] ?? "later")', '(answer.codes[click.key] ?? "saved")'],
  ["a refused click stays", '.filter((click) => codeOf(click) !== "saved")', ".filter(() => false)"],
  ["nothing is sent again", "resendTimer = setTimeout(relaunch,", "resendTimer = setTimeout(() => {},"],
  [
    "a resend makes new keys",
    "flying.length && launch()",
    "flying.length && (flying.forEach((click) => (click.key = newKey(now()))), launch())",
  ],
  ["clicks leave on a remembered number", "|| recalled) return", ") return"],
  ["a second batch leaves while one flies", "if (flying.length || !waiting.length", "if (!waiting.length"],
  ["batches leave without a pause", "lastSend + PACE - performance.now()", "0"],
  ["a click is not kept before it is sent", "keep?.(click);", ""],
  ["saved clicks stay on the disk", "if (saved.length) drop?.(saved);", ""],
];

for (const [what, text, instead] of BREAKS) {
  test(`the search finds it when ${what}`, async (t) => {
    assert.equal(SOURCE.split(text).length, 2, `outbox.js does not say ${text} once`);
    const found = search(await load(SOURCE.replace(text, instead)), { presses: 2, news: 1, trouble: 1, visits: 1 });
    assert.notEqual(found.fault, null);
    t.diagnostic(told(found));
  });
}
