/* Clicks on their way to the server: one batch is in flight, and newer clicks wait in a queue.
 *
 * The batch is sent again until each of its clicks has an answer; their keys make sure that they count once.
 */
import { MAX_CLICKS_PER_EVENT } from "../shared/constants.js";

const MIN_INTERVAL = 100; // ms between two batches
const FIRST_RETRY = 2000; // ms until an unanswered batch is sent again, doubling up to LAST_RETRY
const LAST_RETRY = 30000;
const LATER_RETRY = 5000; // ms, before jitter, after the answer "later": the server is there, and will soon be able to save again

/** A click as it is stored, and sent but for its time. */
export const toWire = ({ key, amount, pressed_at, offset, round, kind, of }) => ({
  ...{ key, amount, pressed_at, round },
  ...(of && { kind, of }),
  ...(offset !== undefined && { offset }),
});

/** `deliver(sentAt, clicks, offset)` sends a batch; no new one is sent while `isHeld()`. */
export const createBatchSender = ({ deliver, isHeld, clock }) => {
  let batch = [];
  let queue = [];
  let connected = false;
  let lastSend = -Infinity;
  let sentAt = null; // when the batch in flight was last sent
  let retryDelay = FIRST_RETRY;
  let intervalTimer, retryTimer;

  const sendBatch = () => {
    lastSend = performance.now(); // unlike the wall clock, it is never set back
    sentAt = clock.ask();
    retryIn(retryDelay);
    retryDelay = Math.min(retryDelay * 2, LAST_RETRY);
    const clicks = batch.map((click) => toWire({ ...click, offset: undefined, ...clock.sent(click) }));
    deliver(sentAt, clicks, clock.ahead());
  };

  const retry = () => connected && batch.length && sendBatch();

  // Jitter: a thousand tabs that lost the same server do not come back in step.
  const retryIn = (ms) => {
    clearTimeout(retryTimer);
    retryTimer = setTimeout(retry, ms * (0.75 + Math.random() / 2));
  };

  const send = () => {
    if (batch.length || !queue.length || !connected || isHeld()) return;
    clearTimeout(intervalTimer);
    const wait = lastSend + MIN_INTERVAL - performance.now();
    if (wait > 0) {
      intervalTimer = setTimeout(send, wait);
      return;
    }
    batch = queue.splice(0, MAX_CLICKS_PER_EVENT);
    retryDelay = FIRST_RETRY;
    sendBatch();
  };

  return {
    send,
    all: () => [...batch, ...queue],
    isInFlight: () => batch.length > 0,
    isQueued: (click) => queue.includes(click),
    sentAt: () => sentAt,

    /** Send them with the next batch. */
    enqueue: (...clicks) => queue.push(...clicks),

    /** Take the clicks that match out of the queue, and return them. Those in flight stay. */
    dequeue(matches) {
      const removed = queue.filter(matches);
      queue = queue.filter((click) => !matches(click));
      return removed;
    },

    /** An answer came. Clicks with the code "later" stay in flight; returns the others. */
    settle(codeOf, putOff) {
      const settled = batch.filter((click) => codeOf(click) !== "later");
      batch = batch.filter((click) => codeOf(click) === "later");
      if (!batch.length) clearTimeout(retryTimer);
      else if (putOff) retryIn(Math.min(retryDelay, LATER_RETRY));
      return settled;
    },

    /** The connection is up or down. What was sent over the old one may never have arrived. */
    setConnected(up) {
      connected = up;
      if (!up) return;
      retryDelay = FIRST_RETRY;
      retry();
      send();
    },
  };
};
