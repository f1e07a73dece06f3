/* Which touches count. A finger counts once, where and when it lands; whether it slides, rests or lifts then does not matter,
 * and neither do the other fingers.
 *
 * Three or more that land at one moment are a hand: it counts once, by what landed first. So the second of two fingers that land
 * together waits until it is clear that no third one follows.
 */
export const HAND_WITHIN = 50; // ms

/** `onTap(area)` is called for each touch that counts. */
export const createTouches = (onTap) => {
  const down = new Map(); // touches by their ids: { area, at, inHand, waiting }
  const waiting = new Set();

  const settle = (touch) => {
    clearTimeout(touch.timer);
    if (waiting.delete(touch) && !touch.inHand) onTap(touch.area);
  };

  const joinHand = (touch) => {
    touch.inHand = true;
    settle(touch);
  };

  return {
    /** `at` is its time in ms. */
    land(id, area, at) {
      waiting.forEach((earlier) => at - earlier.at > HAND_WITHIN && settle(earlier)); // in the order of landing
      const near = [...down.values()].filter((other) => at - other.at <= HAND_WITHIN);
      const touch = { area, at, inHand: false, timer: null };
      down.set(id, touch);
      if (near.length === 0) onTap(area);
      else if (near.length > 1 || near[0].inHand) [...near, touch].forEach(joinHand);
      else {
        waiting.add(touch);
        touch.timer = setTimeout(settle, HAND_WITHIN, touch);
      }
    },

    lift: (id) => down.delete(id),

    /** No more touches will come: those that wait count now. */
    end() {
      down.clear();
      waiting.forEach(settle);
    },
  };
};
