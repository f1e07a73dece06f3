/* Short sounds, made as they are needed. Browsers let a page sound only after somebody has touched it. */

// Tones one after the other: [Hz, ms]; Hz 0 is a pause.
export const TONES = {
  plus: [[880, 60]],
  minus: [[330, 110]],
  refused: [[165, 140], [0, 50], [165, 140]],
  unsaved: [[660, 150], [523, 150], [392, 220]],
  near: [[660, 110], [0, 50], [880, 110]],
  reached: [[660, 110], [880, 110], [1320, 320]],
};

const VOLUME = 0.3;
const EDGE = 0.008; // s; a tone that begins or ends at once clicks
const GESTURES = ["pointerup", "keydown", "click"];

let context = null;

const resume = () => context.resume().catch(() => {});

const start = () => {
  context = new AudioContext();
  GESTURES.forEach((gesture) => addEventListener(gesture, () => context.state !== "running" && resume(), true));
};

const playTone = (hertz, from, to) => {
  const oscillator = new OscillatorNode(context, { type: "triangle", frequency: hertz });
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.setValueAtTime(0, from);
  gain.gain.linearRampToValueAtTime(VOLUME, from + EDGE);
  gain.gain.setValueAtTime(VOLUME, to - EDGE);
  gain.gain.linearRampToValueAtTime(0, to);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(from);
  oscillator.stop(to);
};

export const play = (kind) => {
  if (!globalThis.AudioContext) return;
  if (!context) start();
  if (context.state !== "running") void resume();
  let at = context.currentTime;
  for (const [hertz, ms] of TONES[kind]) {
    if (hertz) playTone(hertz, at, at + ms / 1000);
    at += ms / 1000;
  }
};
