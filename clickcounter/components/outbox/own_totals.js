/* This browser's part of a counter's rounds: how much it added, and which of its clicks can be taken back, once each.
 *
 * What the server said last (`totals`) is kept back while own clicks are on their way, as snapshots are: it may or may not
 * contain them already. Other tabs of this browser tell what they were told.
 */
import { madeAt } from "./key.js";

const MOST = 500; // saved clicks that are remembered here; the server knows the ones before

const newer = (a, b) => (!a || (b && (b.revision > a.revision || (a.guessed && b.revision === a.revision))) ? b : a);

export const createMine = () => {
  let totals = null; // { up, down, round, revision }
  let aside = null;
  let saved = []; // { key, amount, round } of clicks
  const taken = new Set(); // keys of clicks that were taken back

  /** Clicks that are on the server's disk, of this tab or of another. */
  const learn = (clicks) => {
    const known = new Set(saved.map(({ key }) => key));
    saved = [...saved, ...clicks.filter(({ key }) => !known.has(key))].slice(-MOST);
  };

  return {
    totals: () => newer(totals, aside),

    /** Totals from the server, or none: something else has changed. Those of a round yet to be shown wait for it. */
    take(flying, base, told) {
      aside = newer(aside, told);
      const early = base && aside && aside.round !== base.round && aside.revision > base.revision;
      if (flying || early) return;
      totals = newer(totals, aside);
      aside = null;
    },

    learn,

    /** Clicks and undos that were saved. Without totals in the answer, `round` is its round: those that were
     * shown already are added, until the server has been asked. */
    saved(entries, round) {
      entries.filter(({ of }) => of).forEach(({ of }) => taken.add(of));
      learn(entries.filter(({ of }) => !of).map(({ key, amount, round }) => ({ key, amount, round })));
      if (!round || !totals) return;
      const own = entries.filter((entry) => entry.round === round && !entry.stray);
      const before = totals.round === round ? totals : { ...totals, up: 0, down: 0, round };
      totals = { ...withAll(before, own), guessed: true };
    },

    takeBack: (keys) => keys.forEach((key) => taken.add(key)),

    /** An undo came to nothing. Where the server has nothing to take back, there is nothing to try again. */
    refused: ({ of }, code) => (code === "undo" || code === "undone" ? taken.add(of) : taken.delete(of)),

    /** The totals of a round with what is pending; null where nobody has told them yet. */
    shown(round, pending) {
      if (!totals) return null;
      return withAll(totals.round === round ? totals : { up: 0, down: 0 }, pending);
    },

    /** The newest click of a round that can be taken back. */
    undoable(round, pending) {
      const undone = new Set(pending.map(({ of }) => of));
      const free = ({ key, of, round: its }) => its === round && !of && !taken.has(key) && !undone.has(key);
      return [...saved, ...pending].filter(free).reduce(later, null);
    },
  };
};

const later = (a, b) => (a && madeAt(a.key) > madeAt(b.key) ? a : b);

/** An undo counts where the click counts that it takes back. */
const withAll = (totals, entries) =>
  entries.reduce((sum, { amount, of }) => {
    const side = amount > 0 === !of ? "up" : "down";
    return { ...sum, [side]: sum[side] + amount };
  }, totals);
