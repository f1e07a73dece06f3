/* Is the server there? A healthy connection brings something at every heartbeat; after too long a silence it counts as lost. */
import { CONNECTION_TIMEOUT_MS } from "./constants.js";

/** `onChange()` is called when the connection is up or down. */
export const createConnection = (onChange) => {
  let up = false;
  let timer;
  let heard = null; // when something came, by both clocks
  const set = (now) => {
    if (up === now) return;
    up = now;
    onChange();
  };
  const markLost = () => {
    clearTimeout(timer);
    set(false);
  };
  const clocks = () => [performance.now(), Date.now()]; // the first may stand still while the device sleeps, the second be set
  return {
    isUp: () => up,

    /** Something came from the server. */
    markAlive() {
      clearTimeout(timer);
      timer = setTimeout(markLost, CONNECTION_TIMEOUT_MS);
      heard = clocks();
      set(true);
    },

    /** The connection is known to be down. */
    markLost,

    /** Whether nothing has come for too long, as after sleep: a page that sleeps has no timers. */
    isSilent: () => !!heard && clocks().some((now, i) => now - heard[i] > CONNECTION_TIMEOUT_MS),
  };
};

/** Calls `listener` when the page comes back: from the back-forward cache, from sleep, or from behind another tab. */
export const onWake = (listener) => {
  addEventListener("pageshow", ({ persisted }) => persisted && listener());
  document.addEventListener("resume", listener);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && listener());
};
