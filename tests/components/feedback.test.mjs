/* Settings of feedback that may have been stored by anybody, and the pace of flashes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FLASH_INTERVAL, createPace } from "../../clickcounter/components/feedback/pace.js";
import { KINDS, parse } from "../../clickcounter/components/feedback/settings.js";
import { TONES } from "../../clickcounter/components/feedback/sounds.js";

const SILENT = { vibration: false, sound: false, flash: false, speech: 0, silent: [] };

test("nothing is signalled until somebody has chosen it", () => {
  for (const text of [null, "", "{", "7", "null", "[]", '"sound"', "{}", '{"sound":"yes","speech":1e9,"silent":"plus"}'])
    assert.deepEqual(parse(text), SILENT, text);
});

test("settings survive being stored, without what is none", () => {
  const chosen = { vibration: true, sound: true, flash: true, speech: 10, silent: ["plus", "near"] };
  assert.deepEqual(parse(JSON.stringify(chosen)), chosen);
  assert.deepEqual(parse(JSON.stringify({ ...chosen, silent: ["near", "loud", 7], volume: 11 })).silent, ["near"]);
});

test("each kind sounds different from all others", () => {
  assert.deepEqual(Object.keys(TONES), KINDS);
  assert.equal(new Set(Object.values(TONES).map(String)).size, KINDS.length);
});

const flashing = (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const flashes = []; // [at, kind]
  let at = 0;
  const flash = createPace((kind) => flashes.push([at, kind]), () => at);
  const pass = (ms) => {
    for (let i = 0; i < ms; i++) {
      at += 1;
      t.mock.timers.tick(1);
    }
  };
  return { flash, flashes, pass };
};

test("no second has more than three flashes, whatever happens", (t) => {
  const { flash, flashes, pass } = flashing(t);
  for (let i = 0; i < 200; i++) {
    flash(KINDS[i % KINDS.length]);
    pass(31);
  }
  assert.ok(flashes.length > 15);
  flashes.slice(3).forEach(([at], i) => assert.ok(at - flashes[i][0] > 1000));
});

test("a refusal that comes right after a press flashes late, a press does not", (t) => {
  const { flash, flashes, pass } = flashing(t);
  flash("plus");
  pass(50);
  flash("plus");
  flash("near");
  flash("refused");
  pass(1000);
  assert.deepEqual(flashes, [[0, "plus"], [FLASH_INTERVAL, "refused"]]);
  flash("plus");
  assert.equal(flashes.length, 3);
});
