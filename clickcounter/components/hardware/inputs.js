/* What can be learnt, each by a name of its own. Pure functions.
 *
 *     key:PageDown                a key, by its place on the keyboard or, without one, by what it means
 *     headset:playpause           a button of a headset: playpause, nexttrack or previoustrack
 *     gamepad:b3:NAME             a gamepad's button; gamepad:a1+:NAME is one direction of a stick, or a pedal
 *     midi:note:1:60:NAME         a note of a MIDI device on channel 1; also cc, a controller, and pc, a program
 */

const MODIFIERS = new Set(["Alt", "AltGraph", "Control", "Fn", "FnLock", "Hyper", "Meta", "OS", "Shift", "Super", "Symbol"]);
const UNNAMED = new Set(["", "Unidentified", "Process", "Dead", undefined]);
const LEFT_TO_THE_PAGE = new Set(["Tab", "Escape"]); // without them nobody leaves a dialog by keyboard

/** The name of a key, or null if it cannot be learnt. */
export const inputOfKey = ({ key, code, ctrlKey, altKey, metaKey }) => {
  if (ctrlKey || altKey || metaKey || MODIFIERS.has(key) || LEFT_TO_THE_PAGE.has(code || key)) return null;
  const name = UNNAMED.has(code) ? key : code;
  return UNNAMED.has(name) ? null : `key:${name}`;
};

/** Why such a key cannot be learnt: the id of a sentence, or null where there is nothing to say. */
export const whyNot = ({ key, code, ctrlKey, altKey, metaKey }) => {
  if (key === "Shift" || LEFT_TO_THE_PAGE.has(code || key)) return null; // Shift alone: another key follows
  return ctrlKey || altKey || metaKey || MODIFIERS.has(key) ? "key_combined" : "key_unnamed";
};

const spaced = (name) => name.replace(/^(Key|Digit)(?=.$)/, "").replace(/([a-z])(?=[A-Z0-9])/g, "$1 ");

/** How an input is shown: the id of its text with the values in it, and the device that it belongs to. */
export const describe = (input) => {
  const [source, ...parts] = input.split(":");
  if (source === "key") return describeKey(input.slice("key:".length));
  if (source === "headset") return { text: `headset_${parts[0]}` };
  if (source === "gamepad") {
    const [, kind, number, sign] = /^(.)(\d+)(.?)/.exec(parts[0]);
    const device = parts.slice(1).join(":").replace(/ *\([^)]*(Vendor|STANDARD)[^)]*\)/, "");
    return { text: `gamepad_${kind}`, n: Number(number) + 1, sign: sign === "-" ? "−" : sign, device };
  }
  const [kind, channel, number] = parts;
  return { text: `midi_${kind}`, n: Number(number), channel: Number(channel), device: parts.slice(3).join(":") };
};

const TRANSLATED = { Space: "space", ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

const describeKey = (name) => {
  if (TRANSLATED[name]) return { text: `key_${TRANSLATED[name]}` };
  const numpad = /^Numpad(.+)$/.exec(name);
  return numpad ? { text: "key_numpad", name: spaced(numpad[1]) } : { text: "key_plain", name: spaced(name) };
};
