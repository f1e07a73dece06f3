/* Tells people what happened without their looking: by vibration, a sound or a flash, as they chose on this device. */
import { flash } from "./flash.js";
import { settings } from "./settings.js";
import { play } from "./sounds.js";

// ms: on, off, on …
const VIBRATIONS = {
  plus: [30],
  minus: [30, 70, 30],
  refused: [220],
  unsaved: [70, 70, 70, 70, 70, 70, 70],
  near: [120, 60, 120],
  reached: [300, 100, 300],
};
const SAME_WITHIN = 20; // ms: one press that is signalled twice, by the page and by what pressed

let last = { kind: null, at: 0 };

/** `kind` is one of KINDS in settings.js. */
export const signal = (kind) => {
  const at = performance.now();
  if (last.kind === kind && at - last.at < SAME_WITHIN) return;
  last = { kind, at };
  const { silent, vibration, sound, flash: flashes } = settings();
  if (silent.includes(kind)) return;
  if (vibration) navigator.vibrate?.(VIBRATIONS[kind]);
  if (sound) play(kind);
  if (flashes) flash(kind);
};
