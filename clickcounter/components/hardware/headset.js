/* Buttons of a headset. Browsers send them to the page that plays something, so this one plays silence. */

const SECONDS = 10; // browsers take anything shorter than 5 for a notification, which has no buttons
const RATE = 8000; // samples a second, one byte each
const SILENCE = 128;
const ACTIONS = { play: "playpause", pause: "playpause", nexttrack: "nexttrack", previoustrack: "previoustrack" };

/** A WAV file of silence. */
export const silence = () => {
  const size = SECONDS * RATE;
  const header = new DataView(new ArrayBuffer(44));
  const write = (at, text) => [...text].forEach((c, i) => header.setUint8(at + i, c.charCodeAt(0)));
  write(0, "RIFF");
  header.setUint32(4, 36 + size, true);
  write(8, "WAVEfmt ");
  header.setUint32(16, 16, true);
  header.setUint16(20, 1, true); // PCM
  header.setUint16(22, 1, true); // one channel
  header.setUint32(24, RATE, true);
  header.setUint32(28, RATE, true); // bytes a second
  header.setUint16(32, 1, true);
  header.setUint16(34, 8, true); // bits
  write(36, "data");
  header.setUint32(40, size, true);
  return new Blob([header, new Uint8Array(size).fill(SILENCE)], { type: "audio/wav" });
};

export const OFF = "off";
export const ON = "on";
export const WAITING = "waiting"; // for a press on the page, before which browsers play nothing
export const MISSING = "missing";

/** `onPress(input)` for each press; `onChange()` when the state changes. */
export const createHeadset = ({ onPress, onChange }) => {
  const session = navigator.mediaSession;
  let audio = null;
  let state = session ? OFF : MISSING;

  const set = (now) => {
    if (state === now) return;
    state = now;
    onChange();
  };
  const handle = (action, handler) => {
    try {
      session.setActionHandler(action, handler);
    } catch {
      // this browser does not know that button
    }
  };
  const play = async () => {
    if (state !== WAITING || !audio.paused) return;
    try {
      await audio.play();
      session.playbackState = "playing";
      if (state === WAITING) set(ON);
    } catch {
      // not before the person presses something
    }
  };
  /** Something else plays now, or a call came in. */
  const interrupted = () => state === ON && set(WAITING);

  ["click", "keydown", "pointerup"].forEach((press) => addEventListener(press, play, true));
  return {
    state: () => state,

    start() {
      if (state !== OFF) return;
      if (!audio) {
        audio = new Audio(URL.createObjectURL(silence()));
        audio.loop = true;
        audio.addEventListener("pause", interrupted);
      }
      for (const [action, button] of Object.entries(ACTIONS)) {
        handle(action, () => {
          onPress(`headset:${button}`);
          play();
        });
      }
      set(WAITING);
      play();
    },

    stop() {
      if (state !== ON && state !== WAITING) return;
      set(OFF);
      Object.keys(ACTIONS).forEach((action) => handle(action, null));
      audio.pause();
      session.playbackState = "none";
    },
  };
};
