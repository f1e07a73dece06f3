/* Examples that show better than a search: pace, batch size, retries, and who is told what. */
import assert from "node:assert/strict";
import test from "node:test";
import { createClock } from "../../clickcounter/components/outbox/clock.js";
import { createOutbox } from "../../clickcounter/components/outbox/outbox.js";
import { MAX_CLICKS_PER_EVENT } from "../../clickcounter/components/shared/constants.js";
import { inFakeTime, time } from "./time.mjs";

const SNAPSHOT = { value: 10, revision: 5, round: 1 };
const FRAME = { count: 10, revision: 5, round: 1, lookers: 1 };
const SENTENCES = { amount: { en: "Not counted.", ru: "Не засчитано." }, no_counter: { en: "Gone.", ru: "Нет." } };

/** A test of an outbox whose calls are written down. */
const example = (name, work) =>
  test(name, () =>
    inFakeTime(() => {
      const log = []; // [what, ...with]
      const sends = []; // { at, clicks, sent_at }; `at` is in ms of fake time
      const broadcasts = []; // to other tabs
      const requests = []; // at which ms the server was asked for our totals
      const outbox = createOutbox({
        broadcast: (news) => broadcasts.push(news),
        requestTotals: () => requests.push(time.now),
        clock: createClock({ wall: () => 1_700_000_000_000 + time.now, elapsed: () => time.now }),
        deliver: (sent_at, clicks) => {
          sends.push({ at: time.now, sent_at, clicks });
          log.push(["deliver", clicks.map(({ key }) => key)]);
        },
        save: ({ key }) => log.push(["save", key]),
        remove: (keys) => log.push(["remove", keys]),
        markRefused: ({ key }, why) => log.push(["refuse", key, why]),
      });
      /** Answer the newest batch, with one code for all of its clicks. */
      const answer = (code, more = {}) => {
        const { clicks, sent_at } = sends.at(-1);
        const codes = code ? Object.fromEntries(clicks.map(({ key }) => [key, code])) : {};
        outbox.receiveAnswer({
          ...{ sent_at, codes, error: null, value: null, revision: null, round: null, sentences: SENTENCES },
          ...more,
        });
      };
      const connect = () => {
        outbox.receiveFrame(FRAME);
        outbox.setConnected(true);
      };
      work({ outbox, log, broadcasts, requests, sends, answer, connect });
    }),
  );

example("a click is stored from before it is sent until it is saved", ({ outbox, log, answer, connect }) => {
  connect();
  outbox.press();
  answer("saved");
  const [[, key]] = log;
  assert.deepEqual(log, [["save", key], ["deliver", [key]], ["remove", [key]]]);
  assert.equal(outbox.view().unsaved, 0);
});

example("a refused click is kept, with the reason", ({ outbox, log, answer, connect }) => {
  connect();
  outbox.press();
  answer("amount");
  const [[, key]] = log;
  assert.deepEqual(log.slice(2), [["refuse", key, { code: "amount", sentences: SENTENCES.amount }]]);
  assert.equal(outbox.view().value, 10);
});

example("an error for a batch refuses only that batch", ({ outbox, log, answer, connect }) => {
  connect();
  outbox.press();
  answer(null, { error: "no_counter", sent_at: 1 });
  assert.equal(outbox.view().unsaved, 1);
  answer(null, { error: "no_counter" });
  assert.equal(outbox.view().unsaved, 0);
  assert.deepEqual(log.at(-1).slice(2), [{ code: "no_counter", sentences: SENTENCES.no_counter }]);
});

example("one batch is in flight, and newer clicks share the next", ({ outbox, sends, answer, connect }) => {
  connect();
  outbox.press();
  outbox.press();
  outbox.press();
  time.pass(1000);
  assert.deepEqual(sends.map(({ clicks }) => clicks.length), [1]);
  answer("saved");
  assert.deepEqual(sends.map(({ clicks }) => clicks.length), [1, 2]);
});

example("a busy tab sends at most ten times a second", ({ outbox, sends, answer, connect }) => {
  connect();
  for (let press = 0; press < 40; press += 1) {
    outbox.press();
    if (sends.length) answer("saved");
    time.pass(10);
  }
  assert.deepEqual(sends.map(({ at }) => at), [0, 100, 200, 300, 400]);
});

example("450 clicks are sent in batches of at most 200", ({ outbox, sends, answer, connect }) => {
  outbox.receiveFrame(FRAME);
  for (let press = 0; press < 450; press += 1) outbox.press();
  connect();
  while (outbox.view().unsaved) {
    answer("saved");
    time.pass(100);
  }
  assert.deepEqual(sends.map(({ clicks }) => clicks.length), [MAX_CLICKS_PER_EVENT, MAX_CLICKS_PER_EVENT, 50]);
  assert.equal(new Set(sends.flatMap(({ clicks }) => clicks.map(({ key }) => key))).size, 450);
});

example("an unanswered batch is retried after about 2, 4 … 30 s", ({ outbox, sends, connect }) => {
  connect();
  outbox.press();
  time.pass(150_000);
  const waits = sends.slice(1).map(({ at }, index) => at - sends[index].at);
  [2000, 4000, 8000, 16000, 30000, 30000].forEach((wait, index) =>
    assert.ok(Math.abs(waits[index] - wait) <= wait / 4, `wait ${index} is ${waits[index]} ms, not about ${wait}`),
  );
  assert.ok(new Set(waits.map((wait) => wait % 1000)).size > 1, "a thousand tabs would come back in step");
  sends.forEach(({ clicks }) => assert.deepEqual(clicks, sends[0].clicks));
});

example("a new connection resends at once what may be lost", ({ outbox, sends, connect }) => {
  connect();
  outbox.press();
  time.pass(50);
  outbox.setConnected(false);
  time.pass(60_000);
  assert.equal(sends.length, 1);
  outbox.setConnected(true);
  assert.deepEqual(sends.map(({ at }) => at), [0, 60_050]);
  time.pass(2500);
  assert.equal(sends.length, 3, "the delays start over");
});

example("orphans are sent once, counted as unsaved, not shown", ({ outbox, log, sends, answer, connect }) => {
  const left = { key: "left", amount: 1, pressed_at: 7, round: 1 };
  connect();
  outbox.adopt([{ ...left, tab: "gone", counter: "counter" }]);
  outbox.adopt([left]);
  assert.deepEqual(sends.map(({ clicks }) => clicks), [[left]]);
  assert.deepEqual([outbox.view().unsaved, outbox.view().value], [1, 10]);
  answer("saved", { value: 11, revision: 6, round: 1 });
  assert.deepEqual([outbox.view().unsaved, outbox.view().value], [0, 11]);
  assert.deepEqual(log, [["deliver", ["left"]], ["remove", ["left"]]]);
});

example("a restored number gives way to the server's", ({ outbox, connect }) => {
  outbox.open();
  assert.equal(outbox.press(), false);
  outbox.restore({ ...SNAPSHOT, value: 90, revision: 9 });
  assert.equal(outbox.lastSnapshot(), null, "a restored number is not stored again");
  outbox.press();
  assert.deepEqual([outbox.view().value, outbox.view().confirmed], [91, false]);
  connect(); // a server restored from a backup may be behind
  assert.deepEqual([outbox.view().value, outbox.view().confirmed], [11, true]);
  outbox.restore({ ...SNAPSHOT, value: 90, revision: 9 });
  assert.deepEqual([outbox.view().value, outbox.lastSnapshot()], [11, SNAPSHOT]);
});

const TOTALS = { up: 0, down: 0, round: 1, revision: 5, last: null };

example("own totals include pending clicks and other tabs' totals", ({ outbox, broadcasts, answer, connect }) => {
  connect();
  assert.equal(outbox.view().ownTotals, null);
  outbox.receiveTotals(TOTALS);
  outbox.press(25);
  outbox.press(-1);
  assert.deepEqual([outbox.view().ownTotals.up, outbox.view().ownTotals.down], [25, -1]);
  answer("saved", { value: 35, revision: 6, round: 1, mine: [25, 0] });
  assert.deepEqual([outbox.view().ownTotals.up, outbox.view().ownTotals.down], [25, -1]);
  assert.deepEqual([broadcasts.at(-1).totals.up, broadcasts.at(-1).saved.map(({ amount }) => amount)], [25, [25]]);
  time.pass(100); // the second leaves
  outbox.receiveBroadcast({ totals: { up: 26, down: 0, round: 1, revision: 7 }, saved: [], taken: [] });
  assert.equal(outbox.view().ownTotals.up, 25, "it may contain the click in flight");
});

example("a click that another tab undid cannot be undone", ({ outbox, answer, connect }) => {
  connect();
  outbox.press();
  answer("saved", { value: 11, revision: 6, round: 1, mine: [1, 0] });
  const { key } = outbox.view().undoable;
  outbox.receiveBroadcast({ taken: [key] });
  assert.equal(outbox.undo(), false);
});

example("after the last known undo, the server is asked for more", ({ outbox, requests, answer, connect }) => {
  connect();
  outbox.receiveTotals({ ...TOTALS, up: 5, last: { key: "0".repeat(32), amount: 5 } });
  assert.equal(outbox.undo(), true);
  assert.deepEqual([outbox.view().value, outbox.view().ownTotals.up], [5, 0]);
  answer("saved", { value: 5, revision: 6, round: 1, mine: [0, 0] });
  assert.deepEqual(requests, [0]);
});

example("an undo refused for a passing reason can be retried", ({ outbox, answer, connect }) => {
  connect();
  outbox.receiveTotals({ ...TOTALS, up: 5, last: { key: "0".repeat(32), amount: 5 } });
  outbox.undo();
  answer("archived");
  assert.equal(outbox.view().undoable?.amount, 5);
  outbox.undo();
  answer("undone");
  assert.equal(outbox.view().undoable, null);
});

example("what this tab added goes with an undo or a refusal, and stays when it is saved", ({ outbox, answer, connect }) => {
  connect();
  const own = () => [outbox.view().value, outbox.view().own];
  outbox.press(5);
  outbox.press(3);
  assert.deepEqual(own(), [18, 8]);
  outbox.undo(); // it was not sent yet
  assert.deepEqual(own(), [15, 5]);
  answer("amount");
  assert.deepEqual(own(), [10, 0]);
  outbox.press(2);
  time.pass(1000);
  answer("saved", { value: 19, revision: 6, round: 1 });
  assert.deepEqual(own(), [19, 2], "the other seven are from others");
});

example("a click accepted the second time is this tab's, and can be undone", ({ outbox, log, answer, connect }) => {
  connect();
  outbox.receiveTotals(TOTALS);
  outbox.press();
  answer("full");
  assert.deepEqual([outbox.view().own, outbox.view().undoable], [0, null]);
  answer("saved", { value: 11, revision: 6, round: 1, mine: [1, 0] });
  const { own, ownTotals, undoable, value } = outbox.view();
  assert.deepEqual([value, own, ownTotals.up, undoable?.amount], [11, 1, 1, 1]);
  assert.equal(log.at(-1)[0], "remove", "it is no longer listed as refused");
});

test("an outbox tells of changes, and not that it was made", () => {
  let told = 0;
  const outbox = createOutbox({ onChange: () => (told += 1), requestTotals: () => {} });
  assert.equal(told, 0); // a page that is told asks for the outbox, which is not there yet
  outbox.receiveFrame(FRAME);
  assert.equal(told, 1);
});
