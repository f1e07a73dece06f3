/* Clicks on their way to the server: one batch flies, and what was pressed since waits.
 *
 * The same batch leaves again until each of its clicks has been answered; keys see to it that they count once.
 */

const BATCH = 200; // clicks an event, as the server allows
const PACE = 100; // ms between two sends
const FIRST_WAIT = 2000; // ms until an unanswered batch is sent again, doubling up to LAST_WAIT
const LAST_WAIT = 30000;
const LATER_WAIT = 5000; // ms at most after a "later": the server is there, and will soon be able to save again

/** A click as the server and the disk have it. */
export const wire = ({ key, amount, pressed_at, round, kind, of }) =>
  of ? { key, amount, pressed_at, round, kind, of } : { key, amount, pressed_at, round };

/** `deliver(sentAt, clicks)` hands a batch over; nothing leaves while `isHeld()`. */
export const createFlight = ({ deliver, isHeld, now }) => {
  let flying = [];
  let waiting = [];
  let linked = false;
  let lastSend = -Infinity;
  let sentAt = null; // of the newest send of the batch under way
  let wait = FIRST_WAIT;
  let paceTimer, resendTimer;

  const launch = () => {
    lastSend = performance.now(); // the wall clock may be set back at any moment
    sentAt = now();
    relaunchIn(wait);
    wait = Math.min(wait * 2, LAST_WAIT);
    deliver(sentAt, flying.map(wire));
  };

  const relaunch = () => linked && flying.length && launch();

  // Jitter: a thousand tabs that lost the same server do not come back in step.
  const relaunchIn = (ms) => {
    clearTimeout(resendTimer);
    resendTimer = setTimeout(relaunch, ms * (0.75 + Math.random() / 2));
  };

  const send = () => {
    if (flying.length || !waiting.length || !linked || isHeld()) return;
    clearTimeout(paceTimer);
    const rest = lastSend + PACE - performance.now();
    if (rest > 0) {
      paceTimer = setTimeout(send, rest);
      return;
    }
    flying = waiting.splice(0, BATCH);
    wait = FIRST_WAIT;
    launch();
  };

  return {
    send,
    all: () => [...flying, ...waiting],
    isFlying: () => flying.length > 0,
    isWaiting: (click) => waiting.includes(click),
    sentAt: () => sentAt,

    /** To leave with the next batch. */
    add: (...clicks) => waiting.push(...clicks),

    /** Clicks that have not left stay. Returns those that `are`. */
    remove(are) {
      const gone = waiting.filter(are);
      waiting = waiting.filter((click) => !are(click));
      return gone;
    },

    /** An answer came. Clicks that it says "later" of fly on; returns the others. */
    land(codeOf, putOff) {
      const landed = flying.filter((click) => codeOf(click) !== "later");
      flying = flying.filter((click) => codeOf(click) === "later");
      if (!flying.length) clearTimeout(resendTimer);
      else if (putOff) relaunchIn(Math.min(wait, LATER_WAIT));
      return landed;
    },

    /** The line went up or down. What flew over the old connection may never have arrived. */
    link(up) {
      linked = up;
      if (!up) return;
      wait = FIRST_WAIT;
      relaunch();
      send();
    },
  };
};
