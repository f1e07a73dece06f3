/* What a browser has learnt: which key or button does what, on which counter. */
import assert from "node:assert/strict";
import test from "node:test";
import { actionOf, builtInOf } from "../../clickcounter/components/hardware/built_in_keys.js";
import { describe, inputOfKey, whyNot } from "../../clickcounter/components/hardware/inputs.js";
import { NOTHING_LEARNT, forget, hasLearnt, learn, load, parse, pressOf, store } from "../../clickcounter/components/hardware/learnt_keys.js";

const key = (input, action = "plus", counter = null) => ({ input, action, counter, ...(counter && { name: "North" }) });
const learnt = (...keys) => keys.reduce(learn, NOTHING_LEARNT);
const door = { counters: ["door"], current: "door" };
const board = { counters: ["door", "exit"], current: null };

test("a key is named by its place, or by its meaning where it has none", () => {
  assert.equal(inputOfKey({ key: "г", code: "KeyU" }), "key:KeyU");
  assert.equal(inputOfKey({ key: "+", code: "NumpadAdd" }), "key:NumpadAdd");
  assert.equal(inputOfKey({ key: "AudioVolumeUp", code: "" }), "key:AudioVolumeUp");
  assert.equal(inputOfKey({ key: "MediaPlayPause", code: "MediaPlayPause" }), "key:MediaPlayPause");
});

test("combinations, modifiers, Tab and Escape are left to the browser", () => {
  for (const with_ of ["ctrlKey", "altKey", "metaKey"]) {
    const event = { key: "r", code: "KeyR", [with_]: true };
    assert.deepEqual([inputOfKey(event), whyNot(event)], [null, "key_combined"]);
  }
  assert.equal(whyNot({ key: "Control", code: "ControlLeft" }), "key_combined");
  for (const event of [{ key: "Tab", code: "Tab" }, { key: "Escape", code: "" }, { key: "Shift", code: "ShiftLeft" }])
    assert.deepEqual([inputOfKey(event), whyNot(event)], [null, null]);
  const unnamed = { key: "Unidentified", code: "" };
  assert.deepEqual([inputOfKey(unnamed), whyNot(unnamed)], [null, "key_unnamed"]);
});

test("a key that is learnt again does only the new thing", () => {
  const twice = learnt(key("key:PageDown"), key("key:F13"), key("key:PageDown", "minus"));
  assert.deepEqual(pressOf(twice, "key:PageDown", door), { counter: "door", action: "minus" });
  assert.equal(twice.keys.length, 2);
  assert.equal(pressOf(forget(twice, "key:PageDown"), "key:PageDown", door), null);
  assert.equal(pressOf(twice, "key:PageUp", door), null);
});

test("a key for one counter presses it only where it is on the page", () => {
  const keys = learnt(key("key:KeyA", "plus", "door"), key("key:KeyB", "undo", "exit"));
  assert.deepEqual(pressOf(keys, "key:KeyA", door), { counter: "door", action: "plus" });
  assert.equal(pressOf(keys, "key:KeyB", door), null);
  assert.deepEqual(pressOf(keys, "key:KeyB", board), { counter: "exit", action: "undo" });
  assert.equal(pressOf(learnt(key("key:KeyA")), "key:KeyA", board), null, "a board is about no counter in particular");
});

test("nonsense in the browser's storage is left out", () => {
  for (const text of [null, "", "{", "7", "null", "[]", '{"keys":{}}', '{"keys":"x"}']) assert.deepEqual(parse(text), NOTHING_LEARNT);
  const good = [key("key:F13"), key("midi:cc:1:64:Pedal: left", "undo", "door"), key("gamepad:a1-:"), key("headset:nexttrack")];
  const bad = [null, 7, {}, key("key:"), key("mouse:1"), key("gamepad:x1:"), key("headset:stop"), key("key:F14", "reset")];
  const strange = [{ ...key("key:F15"), counter: 7 }, { ...key("key:F16", "plus", "door"), name: {} }, key(`key:${"x".repeat(400)}`)];
  const read = parse(JSON.stringify({ headset: "yes", keys: [...good, ...bad, ...strange, key("key:F13", "minus")] }));
  assert.equal(read.headset, false);
  assert.deepEqual(read.keys.map(({ input }) => input), good.map(({ input }) => input));
  assert.equal(read.keys[0].action, "minus", "the last of two");
  assert.equal(parse(JSON.stringify({ keys: Array.from({ length: 5000 }, (_, i) => key(`key:X${i}`)) })).keys.length, 100);
});

test("storage that throws is survived, and said", () => {
  globalThis.localStorage = {
    getItem: () => { throw new Error("blocked"); },
    setItem: () => { throw new Error("full"); },
  };
  assert.deepEqual(load(), NOTHING_LEARNT);
  assert.equal(store(learnt(key("key:F13"))), false);
  const kept = new Map();
  globalThis.localStorage = { getItem: (k) => kept.get(k) ?? null, setItem: (k, v) => kept.set(k, v), removeItem: (k) => kept.delete(k) };
  const keys = { ...learnt(key("key:F13", "minus", "door")), headset: true };
  assert.equal(store(keys), true);
  assert.deepEqual(load(), keys);
  assert.ok(hasLearnt(load(), "key") && !hasLearnt(load(), "midi"));
  store(NOTHING_LEARNT);
  assert.equal(kept.size, 0, "who has learnt nothing loads nothing");
  delete globalThis.localStorage;
});

test("keys that count without being learnt are known", () => {
  const known = { "key:Space": "press", "key:NumpadEnter": "press", "key:Minus": "minus", "key:NumpadSubtract": "minus", "key:KeyU": "undo" };
  for (const [input, does] of Object.entries({ ...known, "key:Digit1": "place", "key:Numpad9": "place", "key:Digit0": null, "key:F13": null }))
    assert.equal(builtInOf(input), does, input);
  assert.equal(builtInOf("midi:note:1:60:Space"), null);
  assert.equal(actionOf({ key: "−", code: "Slash" }), "minus");
});

test("a person reads which key or button it is", () => {
  const names = { PageDown: "Page Down", KeyA: "A", Digit7: "7", F13: "F13", AudioVolumeUp: "Audio Volume Up" };
  for (const [code, name] of Object.entries(names)) assert.deepEqual(describe(`key:${code}`), { text: "key_plain", name });
  assert.deepEqual(describe("key:ArrowUp"), { text: "key_up" });
  assert.deepEqual(describe("key:NumpadAdd"), { text: "key_numpad", name: "Add" });
  assert.deepEqual(describe("gamepad:b0:Xbox 360 Controller (STANDARD GAMEPAD Vendor: 045e Product: 028e)"), {
    text: "gamepad_b", n: 1, sign: "", device: "Xbox 360 Controller",
  });
  assert.deepEqual(describe("gamepad:a1-:A: b"), { text: "gamepad_a", n: 2, sign: "−", device: "A: b" });
  assert.deepEqual(describe("midi:cc:10:64:Pad: left"), { text: "midi_cc", n: 64, channel: 10, device: "Pad: left" });
  assert.deepEqual(describe("headset:playpause"), { text: "headset_playpause" });
});
