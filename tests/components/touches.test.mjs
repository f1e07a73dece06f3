/* Which touches count: fingers, thumbs and hands. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { HAND_WITHIN, createTouches } from "../../clickcounter/components/counting_mode/touches.js";

const touching = (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let at = 1000;
  const taps = [];
  const touches = createTouches((area) => taps.push(area));
  const pass = (ms) => {
    at += ms;
    t.mock.timers.tick(ms);
  };
  return { ...touches, taps, pass, land: (id, area) => touches.land(id, area, at) };
};

test("a finger counts when it lands, once, however long it stays", (t) => {
  const { land, lift, pass, taps } = touching(t);
  land(1, "plus");
  assert.deepEqual(taps, ["plus"], "before it lifts");
  pass(5000);
  lift(1);
  pass(5000);
  assert.deepEqual(taps, ["plus"]);
});

test("a resting finger does not keep another one from counting", (t) => {
  const { land, lift, pass, taps } = touching(t);
  land(1, "plus");
  pass(1000);
  for (const id of [2, 3, 4]) {
    land(id, "minus");
    pass(40);
    lift(id);
    pass(60);
  }
  assert.deepEqual(taps, ["plus", "minus", "minus", "minus"]);
});

test("two fingers that land together both count, in their order", (t) => {
  const { land, pass, taps } = touching(t);
  land(1, "plus");
  land(2, "minus");
  pass(HAND_WITHIN);
  assert.deepEqual(taps, ["plus", "minus"]);
});

test("two thumbs that never leave the screen together all count, in order", (t) => {
  for (const interval of [10, 25, 49, 50, 51, 100]) {
    const { land, lift, pass, taps } = touching(t);
    for (let i = 0; i < 40; i++) {
      lift(i - 2); // the same thumb's touch before
      land(i, i % 2 ? "minus" : "plus");
      pass(interval);
    }
    pass(HAND_WITHIN);
    assert.deepEqual(taps, Array.from({ length: 40 }, (_, i) => (i % 2 ? "minus" : "plus")), `${interval} ms`);
    t.mock.timers.reset();
  }
});

test("a hand counts once, by what lands first", (t) => {
  for (const spread of [0, 5, 20]) {
    const { land, pass, taps } = touching(t);
    ["plus", "minus", "plus", "undo", "minus"].forEach((area, id) => {
      land(id, area);
      pass(spread);
    });
    pass(1000);
    assert.deepEqual(taps, ["plus"], `${spread} ms apart`);
    t.mock.timers.reset();
  }
});

test("after a hand has lifted, fingers count again", (t) => {
  const { land, lift, pass, taps } = touching(t);
  [1, 2, 3].forEach((id) => land(id, "plus"));
  [1, 2, 3].forEach(lift);
  land(4, "minus");
  assert.deepEqual(taps, ["plus", "minus"]);
});

test("a touch that still waits counts when the page goes away", (t) => {
  const { land, end, pass, taps } = touching(t);
  land(1, "plus");
  land(2, "plus");
  end();
  assert.deepEqual(taps, ["plus", "plus"]);
  pass(1000);
  assert.equal(taps.length, 2, "and only once");
});
