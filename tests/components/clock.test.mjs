/* A page's clock is measured by its messages, and a line that stalls or a clock that is set moves no press. */
import assert from "node:assert/strict";
import test from "node:test";
import { createClock } from "../../clickcounter/components/outbox/clock.js";

const HOUR = 3_600_000;
const START = 1_700_000_000_000; // ms, by the server's clock

/** A device whose clock is `error` ms ahead of the server's, and messages that take as long as told. */
const createDevice = (error) => {
  let passed = 0; // ms, in truth
  let slept = 0; // ms that performance.now() missed
  const device = {
    clock: createClock({ wall: () => Math.floor(START + passed + error), elapsed: () => passed - slept }),
    truth: () => START + passed,
    pass: (ms) => (passed += ms),
    set: (ms) => (error += ms),
    sleep(ms) {
      passed += ms;
      slept += ms;
    },
    error: () => error,
    /** Something comes from the server, unasked. */
    hear(down) {
      const at = Math.floor(device.truth());
      device.pass(down);
      device.clock.receive(at);
    },
    /** A question and its answer. */
    ask(up, down) {
      const question = device.clock.ask();
      device.pass(up);
      const at = Math.floor(device.truth());
      device.pass(down);
      device.clock.receive(at, question);
    },
    /** By how much a click would be saved wrong that was made then and is sent now, on a line that takes `up` ms. */
    wrong(up, { pressed_at, offset, era, truth }) {
      const sent = device.clock.sent({ pressed_at, offset, era });
      const delay = Math.floor(device.truth() + up) - device.clock.ask();
      const shift = sent.offset ?? Math.min(device.clock.ahead(), delay); // as services/presses/validation.py has it
      return sent.pressed_at + shift - truth;
    },
    press: () => ({ truth: Math.floor(device.truth()), ...device.clock.stamp() }),
  };
  return device;
};

/** Reproducible numbers from 0 to 1. */
const createRandom = (seed) => () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};

test("a clock that is right is never corrected", () => {
  const random = createRandom(1);
  const device = createDevice(0);
  for (let i = 0; i < 2000; i++) {
    if (random() < 0.5) device.hear(random() * 300);
    else device.ask(random() * 300, random() < 0.05 ? 10_000 : random() * 300);
    assert.equal(device.clock.ahead(), 0);
    device.pass(random() * 5000);
  }
});

test("the error is at most the fastest way there and back", () => {
  const random = createRandom(2);
  for (let world = 0; world < 300; world++) {
    const device = createDevice(Math.round((random() - 0.5) * 10 * HOUR));
    const least = [20 * random() + 1, 20 * random() + 1]; // each way, in this world
    let [up, down] = [Infinity, Infinity];
    for (let i = 0; i < 30; i++) {
      const delays = least.map((ms) => ms + (random() < 0.2 ? 10_000 * random() : 200 * random() ** 4));
      if (random() < 0.5) device.hear(delays[1]);
      else {
        device.ask(...delays);
        up = Math.min(up, delays[0]);
      }
      down = Math.min(down, delays[1]);
      const drift = (2 * i * 10_400 * 5) / 10_000; // what clock.js allows for, at most
      const error = Math.abs(device.clock.ahead() + device.error());
      assert.ok(error <= up + down + drift + 2, `${error} ms after ways of ${up} and ${down} ms`);
    }
  }
});

test("on a fast line, rounding to milliseconds spoils no measurement", () => {
  const random = createRandom(3);
  for (let world = 0; world < 20; world++) {
    const device = createDevice((random() - 0.5) * 2000);
    for (let i = 0; i < 500; i++) {
      if (i % 20) device.hear(random() / 2);
      else device.ask(random() / 2, random() / 2);
      if (i > 50) assert.ok(Math.abs(device.clock.ahead() + device.error()) <= 20);
      device.pass(2000);
    }
  }
});

test("the server's first message puts a clock that is behind right to within 50 ms", () => {
  for (const down of [1, 50, 99]) {
    const device = createDevice(-HOUR);
    device.hear(down);
    assert.ok(Math.abs(device.clock.ahead() - HOUR) <= 50, `after ${down} ms`);
  }
});

test("a press made before a better measurement is corrected by it", () => {
  const device = createDevice(HOUR);
  device.hear(450);
  device.ask(450, 450);
  const press = device.press();
  device.ask(5, 5);
  assert.ok(Math.abs(device.wrong(5, press)) <= 20);
});

test("a press keeps even a rough correction when the clock is set", () => {
  const device = createDevice(HOUR);
  device.ask(300, 300);
  const press = device.press();
  device.set(HOUR);
  device.ask(5, 5);
  assert.ok(Math.abs(device.wrong(5, press)) <= 300);
});

test("each of several questions under way measures", () => {
  const device = createDevice(HOUR);
  const [first] = [device.clock.ask(), device.pass(5), device.clock.ask(), device.pass(5), device.clock.ask()];
  device.clock.receive(Math.floor(device.truth()), first);
  assert.notEqual(device.press().offset, undefined, "the clock is measured from both sides");
});

for (const error of [0, HOUR, -HOUR]) {
  test(`a line that stalls moves no press of a clock that is ${error} ms ahead`, () => {
    const device = createDevice(error);
    device.hear(30);
    device.ask(20, 30);
    for (let i = 0; i < 5; i++) {
      const press = device.press();
      assert.ok(Math.abs(device.wrong(10_000, press)) <= 50);
      device.ask(10_000, 20);
      device.hear(10_000);
      device.ask(20, 10_000);
      assert.ok(Math.abs(device.wrong(10_000, press)) <= 50);
    }
  });

  test(`a clock that is ${error} ms ahead and is set while the page is open moves no press`, () => {
    for (const jump of [HOUR, -HOUR, 400, -400]) {
      const device = createDevice(error);
      device.hear(30);
      device.ask(20, 30);
      const presses = [device.press()];
      device.pass(5000);
      device.set(jump);
      device.pass(1000);
      presses.push(device.press(), device.press());
      device.hear(20); // the connection is back
      const keys = presses.map(({ keyTime }) => keyTime);
      assert.deepEqual(keys, keys.toSorted((a, b) => a - b));
      for (const press of presses) assert.ok(Math.abs(device.wrong(20, press)) <= 70, `set by ${jump}`);
      device.ask(20, 30);
      for (const press of presses) assert.ok(Math.abs(device.wrong(10_000, press)) <= 100, `set by ${jump}`);
    }
  });

  test(`a device that is ${error} ms ahead and sleeps for ten minutes keeps the times of its presses`, () => {
    const device = createDevice(error);
    device.hear(30);
    device.ask(20, 30);
    const presses = [device.press()];
    device.sleep(600_000);
    presses.push(device.press());
    for (const press of presses) assert.ok(Math.abs(device.wrong(10_000, press)) <= 50);
    device.hear(20);
    device.ask(20, 30);
    for (const press of presses) assert.ok(Math.abs(device.wrong(10_000, press)) <= 50);
  });
}

test("a press made before the clock was ever measured follows a clock that is set back", () => {
  const device = createDevice(HOUR);
  const early = device.press();
  device.pass(1000);
  device.set(-HOUR);
  const late = device.press();
  device.hear(20);
  for (const press of [early, late]) assert.ok(Math.abs(device.wrong(20, press)) <= 100);
});

test("another server's clock replaces the one that was measured", () => {
  const device = createDevice(0);
  device.ask(20, 20);
  device.set(-HOUR); // the server's is an hour ahead now
  device.set(HOUR);
  assert.equal(device.clock.ahead(), 0);
  device.clock.receive(device.truth() + HOUR - 20);
  device.clock.receive(device.truth() + HOUR - 10, device.clock.ask());
  assert.ok(Math.abs(device.clock.ahead() - HOUR) <= 60);
});

test("an answer to a question of another page or time measures nothing", () => {
  const device = createDevice(0);
  device.ask(20, 20);
  device.clock.receive(device.truth() - HOUR, device.truth() - 7);
  device.clock.receive(undefined); // from a server of the version before
  assert.equal(device.clock.ahead(), 0);
});

test("a question that was under way when the clock was set measures nothing", () => {
  const device = createDevice(0);
  device.ask(20, 20);
  const question = device.clock.ask();
  device.set(-HOUR);
  const press = device.press();
  device.clock.receive(device.truth(), question);
  assert.ok(Math.abs(device.wrong(20, press)) <= 100);
});

test("presses made without a connection keep their times while the clock is set back and forth", () => {
  const jumps = [
    [-5 * HOUR, 12 * HOUR],
    [5 * HOUR, -5 * HOUR],
  ];
  for (const [first, second] of jumps) {
    const device = createDevice(0);
    device.ask(20, 20);
    const presses = [device.press()];
    for (const jump of [first, second]) {
      device.pass(1000);
      device.set(jump);
      presses.push(device.press());
    }
    device.ask(20, 20);
    presses.push(device.press());
    for (const press of presses) assert.ok(Math.abs(device.wrong(20, press)) <= 100, `set by ${first}, then ${second}`);
    const keys = presses.map(({ keyTime }) => keyTime);
    assert.deepEqual(keys, keys.toSorted((a, b) => a - b), "undo takes back the newest");
  }
});
