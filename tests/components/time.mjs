/* Time that moves only when it is told to, for code that reads the browser's clocks, timers and dice. */

export const PACE = 100; // ms between two sends; a longer timer is the resend's

/** A browser's timers, clock and dice. A story told twice makes the same keys. */
export const time = {
  reset() {
    Object.assign(this, { now: 0, timers: new Map(), made: 0, seed: 1 });
  },
  random() {
    this.seed = (Math.imul(this.seed, 1664525) + 1013904223) >>> 0;
    return this.seed / 2 ** 32;
  },
  set(work, delay) {
    const id = ++this.made;
    this.timers.set(id, { id, work, delay, due: this.now + delay });
    return id;
  },
  fire(timer) {
    this.timers.delete(timer.id);
    this.now = Math.max(this.now, timer.due);
    timer.work();
  },
  pass(ms) {
    const end = this.now + ms;
    for (;;) {
      const [next] = [...this.timers.values()].sort((a, b) => a.due - b.due);
      if (!next || next.due > end) break;
      this.fire(next);
    }
    this.now = end;
  },
};

/** Do work that does not await, with that time in place of the real one. */
export const inFakeTime = (work) => {
  const { setTimeout, clearTimeout } = globalThis;
  const { random } = Math;
  globalThis.setTimeout = (what, delay) => time.set(what, delay);
  globalThis.clearTimeout = (id) => time.timers.delete(id);
  Math.random = () => time.random();
  performance.now = () => time.now; // hides the prototype's, as the next one does
  crypto.getRandomValues = (bytes) => bytes.fill(0).map(() => time.random() * 256);
  time.reset();
  try {
    return work();
  } finally {
    Object.assign(globalThis, { setTimeout, clearTimeout });
    Math.random = random;
    delete performance.now;
    delete crypto.getRandomValues;
  }
};
