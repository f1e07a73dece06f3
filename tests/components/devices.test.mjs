/* Gamepads and MIDI: what counts as one press. */
import assert from "node:assert/strict";
import test from "node:test";
import { createPressFinder } from "../../clickcounter/components/hardware/gamepads.js";
import { silence } from "../../clickcounter/components/hardware/headset.js";
import { createPressReader } from "../../clickcounter/components/hardware/midi.js";

const gamepad = (levels, axes = [], index = 0, id = "Pad") => ({
  index, id, axes, buttons: levels.map((value) => ({ value, pressed: value > 0.1 })),
});

test("a held gamepad button counts once", () => {
  const find = createPressFinder();
  assert.deepEqual(find([gamepad([0, 0])]), []);
  assert.deepEqual(find([gamepad([0, 1])]), ["gamepad:b1:Pad"]);
  for (let frame = 0; frame < 100; frame++) assert.deepEqual(find([gamepad([0, 1])]), []);
  assert.deepEqual(find([gamepad([0, 0])]), []);
  assert.deepEqual(find([gamepad([1, 1])]), ["gamepad:b0:Pad", "gamepad:b1:Pad"]);
});

test("the press that makes a browser show a gamepad counts", () => {
  const find = createPressFinder();
  assert.deepEqual(find([null, null]), []);
  assert.deepEqual(find([gamepad([1, 0])]), ["gamepad:b0:Pad"]);
});

test("a trembling pedal counts once, a resting axis not at all", () => {
  const find = createPressFinder();
  const seen = [0, 0.3, 0.62, 0.55, 0.61, 0.58, 0.7, 0.3, 0].flatMap((level) => find([gamepad([level], [-1])]));
  assert.deepEqual(seen, ["gamepad:b0:Pad"]);
  assert.deepEqual([0, 1, 0, -1].flatMap((axis) => find([gamepad([0], [axis])])), ["gamepad:a0+:Pad", "gamepad:a0-:Pad"]);
});

test("two gamepads of one make press for themselves", () => {
  const find = createPressFinder();
  assert.deepEqual(find([gamepad([1]), null, gamepad([0], [], 2)]), ["gamepad:b0:Pad"]);
  assert.deepEqual(find([gamepad([1]), null, gamepad([1], [], 2)]), ["gamepad:b0:Pad"]);
});

test("a note counts when it is struck, a controller when it passes the middle", () => {
  const read = createPressReader();
  const press = (...message) => read(Uint8Array.from(message), "Keys");
  assert.equal(press(0x90, 60, 100), "midi:note:1:60:Keys");
  assert.equal(press(0x90, 60, 0), null, "velocity 0 is its end");
  assert.equal(press(0x80, 60, 64), null);
  assert.equal(press(0x99, 60, 1), "midi:note:10:60:Keys");
  const pedal = [10, 63, 64, 90, 127, 64, 127, 20, 0, 127].map((value) => press(0xb0, 64, value));
  assert.deepEqual(pedal.map(Boolean), [false, false, true, false, false, false, false, false, false, true]);
  assert.equal(press(0xc2, 5), "midi:pc:3:5:Keys");
  assert.equal(press(0xc2, 5), "midi:pc:3:5:Keys", "each program change is a press of its own");
});

test("clocks, bends and other messages press nothing", () => {
  const read = createPressReader();
  for (const message of [[0xf8], [0xfe], [0xe0, 0, 64], [0xd0, 100], [0xa0, 60, 100], [0xf0, 1, 2, 0xf7], []])
    assert.equal(read(Uint8Array.from(message), "Keys"), null);
});

test("silence lasts long enough to get a headset's buttons, and is silent", async () => {
  const wav = new Uint8Array(await silence().arrayBuffer());
  const seconds = (wav.length - 44) / new DataView(wav.buffer).getUint32(28, true);
  assert.ok(seconds > 5, "browsers take less for a notification");
  assert.ok(wav.subarray(44).every((sample) => sample === 128));
});
