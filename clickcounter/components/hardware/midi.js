/* MIDI devices, once the person has allowed them. */

const NOTE_OFF = 0x80;
const NOTE_ON = 0x90;
const CONTROLLER = 0xb0;
const PROGRAM = 0xc0;
const HALF = 64; // a pedal is down from here on

/** What a message says: `input` without the device's name, and whether it goes down; null for all others. */
export const readMessage = ([status, number, value]) => {
  const channel = (status & 0x0f) + 1;
  switch (status & 0xf0) {
    case NOTE_ON:
    case NOTE_OFF:
      return { input: `midi:note:${channel}:${number}`, down: (status & 0xf0) === NOTE_ON && value > 0 };
    case CONTROLLER:
      return { input: `midi:cc:${channel}:${number}`, down: value >= HALF };
    case PROGRAM:
      return { input: `midi:pc:${channel}:${number}`, down: true };
    default:
      return null;
  }
};

/** Returns a function of a message and its device's name, which returns the input that was pressed by it, or null. A controller
 * that moves on counts once until it is back. */
export const createPressReader = () => {
  const down = new Set(); // controllers
  return (data, name) => {
    const message = readMessage(data);
    if (!message) return null;
    const input = `${message.input}:${name.slice(0, 200)}`;
    if (!message.down) return void down.delete(input) ?? null;
    if (down.has(input)) return null;
    if (input.startsWith("midi:cc:")) down.add(input);
    return input;
  };
};

/** The states that a person is told about. */
export const OFF = "off"; // not asked for
export const ON = "on";
export const REFUSED = "refused"; // by the person, or by the browser's settings
export const FAILED = "failed";
export const MISSING = "missing"; // this browser has no MIDI, or not on this address

/** `onPress(input)` for each press; `onChange()` when the state or the devices change. */
export const createMidi = ({ onPress, onChange }) => {
  let state = navigator.requestMIDIAccess ? OFF : MISSING;
  let access = null;
  let opening = null; // asked for twice, each press would come twice

  const set = (now) => {
    state = now;
    onChange();
  };
  const listen = () => {
    for (const port of access.inputs.values()) {
      const press = createPressReader();
      port.onmidimessage ??= ({ data }) => {
        const input = press(data, port.name ?? "");
        if (input) onPress(input);
      };
    }
    onChange();
  };
  const request = async () => {
    try {
      access = await navigator.requestMIDIAccess();
    } catch (error) {
      return set(["NotAllowedError", "SecurityError"].includes(error.name) ? REFUSED : FAILED);
    }
    access.onstatechange = listen;
    state = ON;
    listen();
  };
  /** The browser may ask the person. */
  const open = async () => {
    if (state === MISSING || state === ON) return;
    opening ??= request().finally(() => (opening = null));
    await opening;
  };
  return {
    open,
    state: () => state,
    names: () => [...(access?.inputs.values() ?? [])].filter((port) => port.state === "connected").map((port) => port.name ?? ""),

    /** Only if the person has allowed it before. */
    async reopen() {
      try {
        if ((await navigator.permissions.query({ name: "midi" })).state === "granted") await open();
      } catch {
        // a browser without this question: the person opens the devices in the dialog
      }
    },
  };
};
