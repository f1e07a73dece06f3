/* Is anybody there? A healthy room is heard every 2 seconds; the line is down after 4.5 of silence, or when it is known to be.
 *
 * People are promised to read it within 5 seconds; the rest is for drawing it. */

const SILENCE = 4500; // ms

export const createLine = (changed) => {
  let up = false;
  let timer;
  const turn = (now) => {
    if (up === now) return;
    up = now;
    changed();
  };
  const lost = () => {
    clearTimeout(timer);
    turn(false);
  };
  return {
    isUp: () => up,

    /** A frame or an answer came. */
    heard() {
      clearTimeout(timer);
      timer = setTimeout(lost, SILENCE);
      turn(true);
    },

    /** The connection is known to be down. */
    lost,
  };
};
