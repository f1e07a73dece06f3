/* The outbox works in every order of events, and the search that shows it finds deliberate bugs. */
import assert from "node:assert/strict";
import test from "node:test";
import { describeResult, ORDERS, testEveryOrder } from "./orders.mjs";
import { search } from "./search.mjs";
import { load, SOURCES } from "./sources.mjs";

const { visits, ...OTHERS } = ORDERS; // those with visits are in outbox_reopened.test.mjs
Object.values(OTHERS).forEach(testEveryOrder);

// [the bug, the text that is replaced, its replacement, the ORDERS that show it unless those of troubledUndos do]
const BUGS = [
  ["snapshots are not held back while a batch is in flight", "if (sender.isInFlight() && base) {", "if (false) {"],
  ["an older snapshot replaces a newer one", ".reduce(newer, base)", ".reduce((a, b) => b ?? a, base)"],
  ["clicks of another round are added", "base && click.round === base.round && !click.orphan", "base && !click.orphan", "undos"],
  ["clicks of closed tabs are added", "click.round === base.round && !click.orphan", "click.round === base.round", "visits"],
  ["'later' counts as saved", '(answer.codes[click.key] ?? "later")', '(answer.codes[click.key] ?? "saved")'],
  ["a refused click stays", 'settled.filter((click) => codeOf(click) !== "saved")', "settled.filter(() => false)"],
  ["nothing is sent again", "retryTimer = setTimeout(retry,", "retryTimer = setTimeout(() => {},"],
  [
    "a retry makes new keys",
    "batch.length && sendBatch()",
    "batch.length && (batch.forEach((click) => (click.key = `${click.key.slice(1)}0`)), sendBatch())",
  ],
  ["clicks are sent on a restored number", "|| isHeld()) return", ") return", "visits"],
  ["a second batch is sent while one is in flight", "if (batch.length || !queue.length", "if (!queue.length"],
  ["batches are sent without a pause", "lastSend + MIN_INTERVAL - performance.now()", "0"],
  ["a click is sent before it is stored", "save?.(click);", ""],
  ["saved clicks stay in storage", "if (done.length) remove?.(keysOf(done));", ""],
  ["a queued click is undone at the server", "if (!sender.isQueued(last)) {", "if (true) {"],
  ["a click in flight is undone by removing it", "if (!sender.isQueued(last)) {", "if (false) {"],
  ["an undo adds instead of taking back", "amount: -last.amount", "amount: last.amount"],
  ["an undo names no click", 'kind: "undo", of: last.key', 'kind: "click"'],
  ["a click is undone twice", "&& !undone.has(click.key) && !beingUndone.has(click.key)", ""],
  ["the oldest click is undone", "createdAt(a.key) > createdAt(b.key)", "createdAt(a.key) < createdAt(b.key)"],
  ["an undo outlives its refused click", "sender.dequeue(isMoot)", "[]"],
  ["an undo counts as a click down", "amount > 0 === !of", "amount > 0"],
  ["a click accepted the second time stays refused", "settle([...savedAfterAll, ...", "settle([...", "troubledLimit"],
  [
    "a click accepted the second time is missing in the totals",
    "updateTotals(saved, answer)",
    "updateTotals(savedAfterAll.length ? [] : saved, answer)",
    "troubledLimit",
  ],
  ["new totals are shown while a batch is in flight", "if (inFlight || early) return;", "", "undos"],
];

for (const [bug, text, replacement, order = "troubledUndos"] of BUGS) {
  test(`the search finds the bug: ${bug}`, async (t) => {
    const matches = Object.entries(SOURCES).filter(([, source]) => source.includes(text));
    assert.equal(matches.length, 1, `not exactly one file contains ${text}`);
    const [[path, source]] = matches;
    assert.equal(source.split(text).length, 2, `${path} does not contain ${text} exactly once`);
    const result = search(await load({ ...SOURCES, [path]: source.replace(text, replacement) }), ORDERS[order]);
    assert.notEqual(result.fault, null);
    t.diagnostic(describeResult(result));
  });
}
