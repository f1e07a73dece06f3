import assert from "node:assert/strict";
import { test } from "node:test";
import { GAP, REFUSED_GAP, UNSAVED_AFTER, createAnnouncer } from "../../clickcounter/components/announcements/announcer.js";
import { PACES, pace, parse, setPace } from "../../clickcounter/components/announcements/pace.js";
import { inFakeTime, time } from "./time.mjs";

const START = { known: true, value: 11, own: 0, round: 1, unsaved: 0, refused: [] };

/** A test of an announcer in fake time; `said` holds [ms, region, message]. */
const announcing = (name, work, seconds = 5) =>
  test(name, () =>
    inFakeTime(() => {
      const said = [];
      const page = { view: START, seconds, said };
      page.announcer = createAnnouncer({
        since: START,
        pace: () => page.seconds,
        say: (region, message) => said.push([time.now, region, message]),
      });
      page.show = (change) => page.announcer.update((page.view = { ...page.view, ...change }));
      page.own = (n) => page.show({ value: page.view.value + n, own: page.view.own + n });
      page.others = (n) => page.show({ value: page.view.value + n });
      page.numbers = () => said.filter(([, region]) => region === "number").map(([, , { n, sum }]) => (sum ? [n, sum] : n));
      work(page);
    }),
  );

announcing("one's own press is told once, alone and soon", ({ own, numbers, said, show }) => {
  own(1);
  show({});
  time.pass(60_000);
  assert.deepEqual(numbers(), [12]);
  assert.ok(said[0][0] < 500);
});

announcing("of twenty quick presses a few numbers are told, the last one too", ({ own, numbers, said }) => {
  for (let n = 0; n < 20; n++) {
    own(1);
    time.pass(100);
  }
  time.pass(10_000);
  assert.equal(numbers().at(-1), 31);
  assert.ok(numbers().length <= 4, numbers().join());
  said.slice(1).forEach(([at], i) => assert.ok(at - said[i][0] >= GAP));
});

announcing("others' presses are summed up at the chosen pace", ({ others, numbers, said }) => {
  for (let n = 0; n < 60; n++) {
    others(1);
    time.pass(500);
  }
  time.pass(10_000);
  assert.equal(numbers()[0].join(), "12,1");
  assert.equal(numbers().reduce((sum, [, added]) => sum + added, 11), 71);
  said.slice(1).forEach(([at], i) => assert.ok(at - said[i][0] >= 5000));
});

announcing("own presses in between neither hide nor hasten others'", ({ own, others, numbers }) => {
  others(1);
  time.pass(1000);
  others(17);
  own(1);
  time.pass(2000);
  assert.deepEqual(numbers(), [[12, 1], 30]);
  time.pass(10_000);
  assert.deepEqual(numbers(), [[12, 1], 30, [30, 17]]);
});

announcing("what others add and take back is not told", ({ others, numbers }) => {
  others(1);
  time.pass(100);
  others(-1);
  time.pass(60_000);
  assert.deepEqual(numbers(), []);
});

announcing("others' presses are not told while that is off, nor later", (page) => {
  page.others(5);
  time.pass(60_000);
  page.own(1);
  time.pass(1000);
  page.seconds = 5;
  page.others(2);
  time.pass(10_000);
  assert.deepEqual(page.numbers(), [17, [19, 2]]);
}, 0);

announcing("a new round is told as a number, not as what others took", ({ show, numbers }) => {
  show({ value: 0, round: 2 });
  time.pass(60_000);
  assert.deepEqual(numbers(), [0]);
});

announcing("a press that is refused at once is not blamed on others", ({ own, show, view, numbers, said }) => {
  own(1);
  time.pass(50);
  show({ ...view, refused: [{ why: { code: "full" } }] });
  time.pass(60_000);
  assert.deepEqual(numbers(), []);
  assert.deepEqual(said, [[50, "refused", { count: 1, why: { code: "full" } }]]);
});

announcing("each refusal is told once, with those that follow quickly in one sentence", ({ show, said }) => {
  const refusal = { why: { code: "full" } };
  for (let n = 1; n <= 9; n++) {
    show({ refused: Array(n).fill(refusal) });
    show({});
    time.pass(100);
  }
  time.pass(2 * REFUSED_GAP);
  show({ refused: [] });
  show({ refused: [refusal] });
  time.pass(60_000);
  assert.deepEqual(said.map(([, , { count }]) => count), [1, 8, 1]);
});

announcing("presses that are not saved are told once, and then that they are", ({ own, show, said }) => {
  const saving = () => said.filter(([, region]) => region === "saving").map(([, , { unsaved }]) => unsaved);
  own(1);
  show({ unsaved: 1 });
  time.pass(UNSAVED_AFTER - 100);
  show({ unsaved: 0 });
  time.pass(60_000);
  assert.deepEqual(saving(), [], "a quick save is not mentioned");
  for (let n = 1; n <= 5; n++) {
    show({ unsaved: n });
    time.pass(UNSAVED_AFTER);
  }
  assert.deepEqual(saving(), [1]);
  show({ unsaved: 0 });
  time.pass(60_000);
  assert.deepEqual(saving(), [1, 0]);
});

announcing("a page that is left tells nothing more", ({ announcer, own, show, said }) => {
  own(1);
  show({ unsaved: 1, refused: [{ why: {} }] });
  announcer.close();
  time.pass(60_000);
  assert.deepEqual(said, []);
});

test("the pace of a blocked or spoilt storage is the usual one", () => {
  for (const text of [null, undefined, "", "3", "-5", "1e1", "{}", " 5", "5 "]) assert.equal(parse(text), 5);
  assert.deepEqual(PACES.map((seconds) => parse(String(seconds))), PACES);
  delete globalThis.localStorage; // Node may have one
  setPace(15);
  assert.equal(pace(), 15, "until the page is closed");
});
