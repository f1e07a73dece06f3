/* The outbox holds in every order of what may happen, and the search that says so finds what it is for. */
import assert from "node:assert/strict";
import test from "node:test";
import { holdsInEveryOrderOf, told } from "./orders.mjs";
import { search } from "./search.mjs";
import { load, SOURCES } from "./sources.mjs";

holdsInEveryOrderOf({ presses: 3, news: 1 });
holdsInEveryOrderOf({ presses: 2, news: 1, trouble: 1 });
holdsInEveryOrderOf({ presses: 2, undos: 1, news: 1 });
holdsInEveryOrderOf({ presses: 1, minus: 1, undos: 1, trouble: 1 });
holdsInEveryOrderOf({ presses: 2, undos: 1, news: 1, upper: 11 });
holdsInEveryOrderOf({ minus: 2, undos: 1, news: 1, lower: 9 });

// [what is broken, the text that is taken out, what stands there then]
const BREAKS = [
  ["aside is taken out: the newest snapshot is shown while a batch flies", "if (flight.isFlying() && base) {", "if (false) {"],
  ["an older snapshot is taken", ".reduce(newer, base)", ".reduce((a, b) => b ?? a, base)"],
  ["clicks of another round are added", "base && click.round === base.round && !click.stray", "base && !click.stray"],
  ["clicks of closed tabs are added", "click.round === base.round && !click.stray", "click.round === base.round"],
  ["'later' counts as saved", '(answer.codes[click.key] ?? "later")', '(answer.codes[click.key] ?? "saved")'],
  ["a refused click stays", 'landed.filter((click) => codeOf(click) !== "saved")', "landed.filter(() => false)"],
  ["nothing is sent again", "resendTimer = setTimeout(relaunch,", "resendTimer = setTimeout(() => {},"],
  [
    "a resend makes new keys",
    "flying.length && launch()",
    "flying.length && (flying.forEach((click) => (click.key = `${click.key.slice(1)}0`)), launch())",
  ],
  ["clicks leave on a remembered number", "|| isHeld()) return", ") return"],
  ["a second batch leaves while one flies", "if (flying.length || !waiting.length", "if (!waiting.length"],
  ["batches leave without a pause", "lastSend + PACE - performance.now()", "0"],
  ["a click is not kept before it is sent", "keep?.(click);", ""],
  ["saved clicks stay on the disk", "if (done.length) drop?.(keysOf(done));", ""],
  ["a waiting click is undone at the server", "if (!flight.isWaiting(last)) {", "if (true) {"],
  ["a flying click is undone by forgetting it", "if (!flight.isWaiting(last)) {", "if (false) {"],
  ["an undo adds what it should take back", "amount: -last.amount", "amount: last.amount"],
  ["an undo names no click", 'kind: "undo", of: last.key', 'kind: "click"'],
  ["a click is taken back twice", "&& !taken.has(key) && !undone.has(key)", ""],
  ["the oldest click is taken back", "madeAt(a.key) > madeAt(b.key)", "madeAt(a.key) < madeAt(b.key)"],
  ["an undo outlives the click that was refused", "...flight.remove(moot)]", "]"],
  ["an undo counts as a click down", "amount > 0 === !of", "amount > 0"],
  ["a click that found room after all stays refused", "if (afterAll.length) drop?.(afterAll);", ""],
  ["this device's part is shown before its batch has landed", "if (flying || early) return;", ""],
];

const BUSY = { presses: 2, undos: 1, news: 1, trouble: 1, visits: 1, upper: 11 };

for (const [what, text, instead] of BREAKS) {
  test(`the search finds it when ${what}`, async (t) => {
    const places = Object.entries(SOURCES).filter(([, source]) => source.includes(text));
    assert.equal(places.length, 1, `not one file says ${text}`);
    const [[name, source]] = places;
    assert.equal(source.split(text).length, 2, `${name} does not say ${text} once`);
    const found = search(await load({ ...SOURCES, [name]: source.replace(text, instead) }), BUSY);
    assert.notEqual(found.fault, null);
    t.diagnostic(told(found));
  });
}
