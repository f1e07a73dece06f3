/* What a few plain examples say better than a search: pace, size, waits, and who is told of what. */
import assert from "node:assert/strict";
import test from "node:test";
import { createOutbox } from "../../clickcounter/components/outbox.js";
import { inFakeTime, time } from "./time.mjs";

const SNAPSHOT = { value: 10, revision: 5, round: 1 };
const FRAME = { count: 10, revision: 5, round: 1, lookers: 1 };
const WORDS = { amount: { en: "Not counted.", ru: "Не засчитано." }, no_counter: { en: "Gone.", ru: "Нет." } };

/** An outbox that writes down all it does, as [what, ...with] and the ms at which it was sent. */
const example = (name, work) =>
  test(name, () =>
    inFakeTime(() => {
      const diary = [];
      const sends = []; // { at, clicks, sent_at }
      const news = []; // for other tabs
      const wonders = []; // at which ms the server was asked what is ours
      const outbox = createOutbox({
        tell: (told) => news.push(told),
        wonder: () => wonders.push(time.now),
        now: () => 1_700_000_000_000 + time.now,
        deliver: (sent_at, clicks) => {
          sends.push({ at: time.now, sent_at, clicks });
          diary.push(["deliver", clicks.map(({ key }) => key)]);
        },
        keep: ({ key }) => diary.push(["keep", key]),
        drop: (keys) => diary.push(["drop", keys]),
        refuse: ({ key }, why) => diary.push(["refuse", key, why]),
      });
      /** Answer the newest batch; a code for each of its clicks. */
      const answer = (code, more = {}) => {
        const { clicks, sent_at } = sends.at(-1);
        const codes = code ? Object.fromEntries(clicks.map(({ key }) => [key, code])) : {};
        outbox.answer({ sent_at, codes, error: null, value: null, revision: null, round: null, sentences: WORDS, ...more });
      };
      const look = () => {
        outbox.frame(FRAME);
        outbox.link(true);
      };
      work({ outbox, diary, news, wonders, sends, answer, look });
    }),
  );

example("a click is on the disk before it leaves, and until it is saved", ({ outbox, diary, answer, look }) => {
  look();
  outbox.press();
  answer("saved");
  const [[, key]] = diary;
  assert.deepEqual(diary, [["keep", key], ["deliver", [key]], ["drop", [key]]]);
  assert.equal(outbox.view().unsaved, 0);
});

example("a refused click is handed over with its sentence, and is not dropped", ({ outbox, diary, answer, look }) => {
  look();
  outbox.press();
  answer("amount");
  const [[, key]] = diary;
  assert.deepEqual(diary.slice(2), [["refuse", key, { code: "amount", sentences: WORDS.amount }]]);
  assert.equal(outbox.view().value, 10);
});

example("an error for a whole batch refuses only the batch that was sent then", ({ outbox, diary, answer, look }) => {
  look();
  outbox.press();
  answer(null, { error: "no_counter", sent_at: 1 });
  assert.equal(outbox.view().unsaved, 1);
  answer(null, { error: "no_counter" });
  assert.equal(outbox.view().unsaved, 0);
  assert.deepEqual(diary.at(-1).slice(2), [{ code: "no_counter", sentences: WORDS.no_counter }]);
});

example("while a batch is under way no other leaves; the next has all pressed since", ({ outbox, sends, answer, look }) => {
  look();
  outbox.press();
  outbox.press();
  outbox.press();
  time.pass(1000);
  assert.deepEqual(sends.map(({ clicks }) => clicks.length), [1]);
  answer("saved");
  assert.deepEqual(sends.map(({ clicks }) => clicks.length), [1, 2]);
});

example("a busy tab sends ten times a second and not more often", ({ outbox, sends, answer, look }) => {
  look();
  for (let press = 0; press < 40; press += 1) {
    outbox.press();
    if (sends.length) answer("saved");
    time.pass(10);
  }
  assert.deepEqual(sends.map(({ at }) => at), [0, 100, 200, 300, 400]);
});

example("450 clicks leave as the server allows: 200 at a time, each once", ({ outbox, sends, answer, look }) => {
  outbox.frame(FRAME);
  for (let press = 0; press < 450; press += 1) outbox.press();
  look();
  while (outbox.view().unsaved) {
    answer("saved");
    time.pass(100);
  }
  assert.deepEqual(sends.map(({ clicks }) => clicks.length), [200, 200, 50]);
  assert.equal(new Set(sends.flatMap(({ clicks }) => clicks.map(({ key }) => key))).size, 450);
});

example("the same batch is sent again after 2 s, 4 s and so on to 30 s, more or less", ({ outbox, sends, look }) => {
  look();
  outbox.press();
  time.pass(150_000);
  const waits = sends.slice(1).map(({ at }, index) => at - sends[index].at);
  [2000, 4000, 8000, 16000, 30000, 30000].forEach((wait, index) =>
    assert.ok(Math.abs(waits[index] - wait) <= wait / 4, `wait ${index} is ${waits[index]} ms, not about ${wait}`),
  );
  assert.ok(new Set(waits.map((wait) => wait % 1000)).size > 1, "a thousand tabs would come back in step");
  sends.forEach(({ clicks }) => assert.deepEqual(clicks, sends[0].clicks));
});

example("a new line sends at once what may have been lost with the old one", ({ outbox, sends, look }) => {
  look();
  outbox.press();
  time.pass(50);
  outbox.link(false);
  time.pass(60_000);
  assert.equal(sends.length, 1);
  outbox.link(true);
  assert.deepEqual(sends.map(({ at }) => at), [0, 60_050]);
  time.pass(2500);
  assert.equal(sends.length, 3, "the waits begin anew");
});

example("clicks of closed tabs are sent once, counted as unsaved, not shown", ({ outbox, diary, sends, answer, look }) => {
  const left = { key: "left", amount: 1, pressed_at: 7, round: 1 };
  look();
  outbox.adopt([{ ...left, tab: "gone", counter: "counter" }]);
  outbox.adopt([left]);
  assert.deepEqual(sends.map(({ clicks }) => clicks), [[left]]);
  assert.deepEqual([outbox.view().unsaved, outbox.view().value], [1, 10]);
  answer("saved", { value: 11, revision: 6, round: 1 });
  assert.deepEqual([outbox.view().unsaved, outbox.view().value], [0, 11]);
  assert.deepEqual(diary, [["deliver", ["left"]], ["drop", ["left"]]]);
});

example("a number of an earlier visit is counted on from, and gives way to the server's", ({ outbox, look }) => {
  outbox.arrive();
  assert.equal(outbox.press(), false);
  outbox.recall({ ...SNAPSHOT, value: 90, revision: 9 });
  assert.equal(outbox.last(), null, "what is only remembered is not remembered again");
  outbox.press();
  assert.deepEqual([outbox.view().value, outbox.view().confirmed], [91, false]);
  look(); // a restored server is behind what the browser saw
  assert.deepEqual([outbox.view().value, outbox.view().confirmed], [11, true]);
  outbox.recall({ ...SNAPSHOT, value: 90, revision: 9 });
  assert.deepEqual([outbox.view().value, outbox.last()], [11, SNAPSHOT]);
});

const MINE = { up: 0, down: 0, round: 1, revision: 5, last: null };

example("what is this browser's counts what waits, and what its other tabs were told", ({ outbox, news, answer, look }) => {
  look();
  assert.equal(outbox.view().mine, null);
  outbox.introduced(MINE);
  outbox.press(25);
  outbox.press(-1);
  assert.deepEqual([outbox.view().mine.up, outbox.view().mine.down], [25, -1]);
  answer("saved", { value: 35, revision: 6, round: 1, mine: [25, 0] });
  assert.deepEqual([outbox.view().mine.up, outbox.view().mine.down], [25, -1]);
  assert.deepEqual([news.at(-1).totals.up, news.at(-1).saved.map(({ amount }) => amount)], [25, [25]]);
  time.pass(100); // the second leaves
  outbox.hear({ totals: { up: 26, down: 0, round: 1, revision: 7 }, saved: [], taken: [] });
  assert.equal(outbox.view().mine.up, 25, "it may contain what flies");
});

example("a click that another tab took back is not offered again", ({ outbox, answer, look }) => {
  look();
  outbox.press();
  answer("saved", { value: 11, revision: 6, round: 1, mine: [1, 0] });
  const { key } = outbox.view().undoable;
  outbox.hear({ taken: [key] });
  assert.equal(outbox.undo(), false);
});

example("the server is asked for the next one when the last known click was taken back", ({ outbox, wonders, answer, look }) => {
  look();
  outbox.introduced({ ...MINE, up: 5, last: { key: "0".repeat(32), amount: 5 } });
  assert.equal(outbox.undo(), true);
  assert.deepEqual([outbox.view().value, outbox.view().mine.up], [5, 0]);
  answer("saved", { value: 5, revision: 6, round: 1, mine: [0, 0] });
  assert.deepEqual(wonders, [0]);
});

example("an undo that was refused for a reason that may pass can be tried again", ({ outbox, answer, look }) => {
  look();
  outbox.introduced({ ...MINE, up: 5, last: { key: "0".repeat(32), amount: 5 } });
  outbox.undo();
  answer("archived");
  assert.equal(outbox.view().undoable?.amount, 5);
  outbox.undo();
  answer("undone");
  assert.equal(outbox.view().undoable, null);
});
