/* Gamepads, and pedals that call themselves one. They are asked in each frame, but only while one is connected and wanted.
 *
 * A button counts when it goes down, however long it is held. It is down from PRESSED on, and up again below RELEASED, so that
 * a worn pedal that trembles counts once.
 */

const PRESSED = 0.6;
const RELEASED = 0.4;

const directions = (axis, i) => [
  [`a${i}+`, axis],
  [`a${i}-`, -axis],
];

/** How far each part of a gamepad is pressed, 0 to 1. */
const levelsOf = ({ buttons, axes }) => [
  ...buttons.map(({ value, pressed }, i) => [`b${i}`, value || Number(pressed)]),
  ...axes.flatMap(directions),
];

/** Returns a function of the gamepads now, which returns the inputs that have gone down since the last call.
 *
 * Browsers show a gamepad from its first press on, so a button that is down then has just been pressed. Triggers and pedals
 * may rest at the end of an axis: those count from their first release on. */
export const createPressFinder = () => {
  let down = new Map(); // by the gamepad's place and its part
  return (gamepads) => {
    const now = new Map();
    const pressed = [];
    for (const gamepad of gamepads.filter(Boolean)) {
      for (const [part, level] of levelsOf(gamepad)) {
        const place = `${gamepad.index} ${gamepad.id} ${part}`;
        const before = down.get(place) ?? (part.startsWith("a") && level > RELEASED);
        const isDown = level >= (before ? RELEASED : PRESSED);
        now.set(place, isDown);
        if (isDown && !before) pressed.push(`gamepad:${part}:${gamepad.id.slice(0, 200)}`);
      }
    }
    down = now;
    return pressed;
  };
};

/** `onPress(input)` for each press, while `isWanted()`; `onChange()` when a gamepad comes or goes. */
export const createGamepads = ({ onPress, onChange, isWanted }) => {
  const findPresses = createPressFinder();
  let asking = false;
  const connected = () => [...(navigator.getGamepads?.() ?? [])].filter((gamepad) => gamepad?.connected);

  const ask = () => {
    const gamepads = connected();
    asking = gamepads.length > 0 && isWanted();
    if (!asking) return;
    findPresses(gamepads).forEach(onPress);
    requestAnimationFrame(ask);
  };
  const start = () => asking || ask();

  addEventListener("gamepadconnected", () => {
    onChange();
    start();
  });
  addEventListener("gamepaddisconnected", onChange);
  return { start, names: () => connected().map(({ id }) => id) };
};
