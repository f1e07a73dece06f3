/* A fake browser's time, which moves only on command, and reproducible random numbers. */

export const MIN_INTERVAL = 100; // ms between two batches; a longer timer is that of a retry

/** The browser's timers, clock and random numbers. Running a story again makes the same keys. */
export const time = {
  reset() {
    Object.assign(this, { now: 0, timers: new Map(), created: 0, seed: 1 });
  },
  random() {
    this.seed = (Math.imul(this.seed, 1664525) + 1013904223) >>> 0;
    return this.seed / 2 ** 32;
  },
  set(callback, delay) {
    const id = ++this.created;
    this.timers.set(id, { id, callback, delay, due: this.now + delay });
    return id;
  },
  fire(timer) {
    this.timers.delete(timer.id);
    this.now = Math.max(this.now, timer.due);
    timer.callback();
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

/** Run synchronous code in fake time. */
export const inFakeTime = (work) => {
  const { setTimeout, clearTimeout } = globalThis;
  const { random } = Math;
  globalThis.setTimeout = (callback, delay) => time.set(callback, delay);
  globalThis.clearTimeout = (id) => time.timers.delete(id);
  Math.random = () => time.random();
  performance.now = () => time.now; // shadows the prototype's, as the next one does
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
