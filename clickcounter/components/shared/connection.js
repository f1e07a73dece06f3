/* Is the server there? A healthy connection brings something at every heartbeat; after too long a silence it counts as lost. */
import { CONNECTION_TIMEOUT_MS } from "./constants.js";

/** `onChange()` is called when the connection is up or down. */
export const createConnection = (onChange) => {
  let up = false;
  let timer;
  const set = (now) => {
    if (up === now) return;
    up = now;
    onChange();
  };
  const markLost = () => {
    clearTimeout(timer);
    set(false);
  };
  return {
    isUp: () => up,

    /** Something came from the server. */
    markAlive() {
      clearTimeout(timer);
      timer = setTimeout(markLost, CONNECTION_TIMEOUT_MS);
      set(true);
    },

    /** The connection is known to be down. */
    markLost,
  };
};
