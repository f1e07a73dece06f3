/* This device's clock, and how far the server's is ahead of it, in ms: measured by messages that are sent anyway.
 *
 * What the server stamped was stamped before it came here, and after the question that it answers was sent: two bounds. A
 * line that stalls only makes them wider, so the narrowest count. A clock that may be right is believed.
 *
 * A clock that is set while the page is open is noticed beside performance.now(). That one stands still while some devices
 * sleep, so a jump forward is taken for sleep until the server has shown otherwise. Nothing but a hand or NTP sets a clock
 * back: what was measured holds on, moved by the jump.
 */

const DRIFT = 0.0005; // of two clocks, as NTP corrects by no more without a jump; it makes up for rounding, too
const JUMP = 150; // ms between two readings; reading both clocks takes less
const ONE_WAY = 50; // ms that a message may well take
const CLOSE = 1000; // ms between two bounds that are worth storing with a press
const MANY = 100; // questions without an answer

/** @param {{ wall?: () => number, elapsed?: () => number }} [clocks] ms since 1970, and ms that never jump */
export const createClock = ({ wall = () => Date.now(), elapsed = () => performance.now() } = {}) => {
  let ahead = 0; // how far the server's clock is
  let [least, most] = [-Infinity, Infinity]; // the bounds of it
  let era = { setBack: 0 }; // since the clock's last jump; by how much it was set back since the page was opened
  let began, readAt; // `wall` - `elapsed`, and `elapsed`, at the last reading
  let lastKeyTime = 0;
  const questions = new Set(); // when they were sent, in this era

  const beginEra = (jump) => {
    const back = -Math.min(jump, 0);
    [least, most] = back ? [least + back, most + back] : [-Infinity, Infinity];
    ahead += back;
    era = { setBack: era.setBack + back };
    questions.clear();
  };

  const read = () => {
    const [now, passed] = [wall(), elapsed()];
    began ??= now - passed;
    const jump = now - passed - began;
    if (Math.abs(jump) > JUMP) beginEra(jump);
    const drift = DRIFT * (passed - (readAt ?? passed));
    [least, most, began, readAt] = [least - drift, most + drift, now - passed, passed];
    return now;
  };

  /** Between the bounds: where it was if that is possible, otherwise not far from where it was. */
  const estimate = () => {
    if (ahead >= least && ahead <= most) return;
    const inside = Math.min(ONE_WAY, (most - least) / 2);
    ahead = Math.min(Math.max(ahead, least + inside), most - inside);
  };

  return {
    /** What is to be added to a time by this clock to get the server's. */
    ahead: () => Math.round(ahead),

    /** A question is sent: when, by this clock. */
    ask() {
      const now = read();
      if (questions.size > MANY) questions.clear();
      questions.add(now);
      return now;
    },

    /** The server stamped a message; `question` is what ask() returned for the one that it answers. */
    receive(at, question) {
      if (!at) return;
      const atLeast = at - read();
      const atMost = questions.has(question) ? at - question : Infinity;
      const wasSet = atLeast > most || atMost < least; // one of the two clocks
      [least, most] = wasSet ? [atLeast, atMost] : [Math.max(least, atLeast), Math.min(most, atMost)];
      estimate();
    },

    /** When a click is made. Its key's time never goes back, so that the newest click has the newest key. */
    stamp() {
      const pressed_at = read();
      lastKeyTime = Math.max(lastKeyTime, pressed_at + Math.round(ahead));
      const offset = most - least <= CLOSE ? Math.round(ahead) : undefined;
      return { keyTime: lastKeyTime, pressed_at, offset, era };
    },

    /** A click's time as it is sent: by this clock as it is now, or with the offset that it had. */
    sent({ pressed_at, offset, era: made }) {
      if (made === era) return { pressed_at };
      return offset === undefined ? { pressed_at: pressed_at - (made ? era.setBack - made.setBack : 0) } : { pressed_at, offset };
    },
  };
};
