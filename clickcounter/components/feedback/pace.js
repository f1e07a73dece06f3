/* Flashes at a pace that harms nobody: at most three in any second. */
export const FLASH_INTERVAL = 340; // ms
const PRESSES = new Set(["plus", "minus"]);

/** A function that flashes now, or a little later, or not at all: a press whose flash would come late has none. */
export const createPace = (flash, now = () => performance.now()) => {
  let last = -Infinity;
  let late = null; // the newest kind that waits for its turn
  let timer = null;

  const show = (kind) => {
    last = now();
    flash(kind);
  };

  const showLate = () => {
    timer = null;
    show(late);
  };

  return (kind) => {
    const wait = last + FLASH_INTERVAL - now();
    if (wait <= 0 && timer === null) return show(kind);
    if (PRESSES.has(kind)) return;
    late = kind;
    timer ??= setTimeout(showLate, Math.max(0, wait));
  };
};
