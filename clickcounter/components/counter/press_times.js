/* How long this page's presses take until it shows them saved. Where the server asks for it, the page tells it once a minute,
 * without saying whose presses of which counter they were.
 *
 * A press that is made without a connection, or meets the end of one, is not measured.
 */
import { LONGEST_PRESS_TIME_MS, MAX_PRESS_TIMES, PRESS_TIMES_INTERVAL_MS } from "../shared/constants.js";

/** `report(times)` sends times in ms. */
export const createPressTimes = ({ isConnected, report, now = () => performance.now() }) => {
  const pressed = new Map(); // when, by key
  let started = false;
  let times = [];
  let measured = 0; // since the last report

  const add = (time) => {
    measured += 1;
    // Of many, a fair choice: each has the same chance to be reported.
    const place = times.length < MAX_PRESS_TIMES ? times.length : Math.floor(Math.random() * measured);
    if (place < MAX_PRESS_TIMES) times[place] = Math.min(Math.round(time), LONGEST_PRESS_TIME_MS);
  };

  const send = () => {
    if (!times.length || !isConnected()) return;
    report(times);
    times = [];
    measured = 0;
  };

  return {
    /** Measure from now on. */
    start() {
      if (started) return;
      started = true;
      addEventListener("clickcounter:press", ({ detail }) => isConnected() && pressed.set(detail.key, now()));
      setInterval(send, PRESS_TIMES_INTERVAL_MS);
    },

    /** From an answer: a code for each key of a batch. */
    receiveCodes(codes) {
      for (const [key, code] of Object.entries(codes)) {
        if (code === "saved" && pressed.has(key)) add(now() - pressed.get(key));
        if (code !== "later") pressed.delete(key);
      }
    },

    /** The connection was lost: what is on its way waits for the network. */
    forget: () => pressed.clear(),
  };
};
