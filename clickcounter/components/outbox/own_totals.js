/* This browser's part of a counter's rounds: how much it added, and which of its clicks can be undone, once each.
 *
 * New totals from the server are held back while own clicks are in flight, like snapshots: they may or may not contain those
 * clicks already. Tabs of one browser share the totals that they receive.
 */
import { createdAt } from "../shared/keys.js";
import { newer } from "./revisions.js";

const MAX_REMEMBERED = 500; // saved clicks that are kept here for undo; the server knows the ones before

export const createOwnTotals = () => {
  let totals = null; // { up, down, round, revision }, and guessed if they were computed here
  let heldBack = null; // newer totals
  let saved = []; // { key, amount, round } of clicks
  const undone = new Set(); // keys of clicks

  /** Clicks that the server has saved, of this tab or of another. */
  const addSaved = (clicks) => {
    const known = new Set(saved.map(({ key }) => key));
    saved = [...saved, ...clicks.filter(({ key }) => !known.has(key))].slice(-MAX_REMEMBERED);
  };

  return {
    totals: () => newer(totals, heldBack),

    /** Take in totals from the server, or those held back. Totals of a round that is not shown yet wait for it. */
    update(inFlight, base, received) {
      heldBack = newer(heldBack, received);
      const early = base && heldBack && heldBack.round !== base.round && heldBack.revision > base.revision;
      if (inFlight || early) return;
      totals = newer(totals, heldBack);
      heldBack = null;
    },

    addSaved,

    /** Clicks and undos were saved. If the answer had no totals, `round` is its round: the entries of that round are added here,
     * as a guess, until the server sends totals. */
    confirm(entries, round) {
      entries.filter(({ of }) => of).forEach(({ of }) => undone.add(of));
      addSaved(entries.filter(({ of }) => !of).map(({ key, amount, round }) => ({ key, amount, round })));
      if (!round || !totals) return;
      const own = entries.filter((entry) => entry.round === round && !entry.orphan);
      const before = totals.round === round ? totals : { ...totals, up: 0, down: 0, round };
      totals = { ...addAll(before, own), guessed: true };
    },

    markUndone: (keys) => keys.forEach((key) => undone.add(key)),

    /** An undo was refused. If there was nothing to undo, it cannot be tried again. */
    undoRefused: ({ of }, code) => (code === "undo" || code === "undone" ? undone.add(of) : undone.delete(of)),

    /** The totals of a round, pending clicks included; null until the server has told any. */
    inRound(round, pending) {
      if (!totals) return null;
      return addAll(totals.round === round ? totals : { up: 0, down: 0 }, pending);
    },

    /** The newest click of a round that can be undone. */
    undoable(round, pending) {
      const beingUndone = new Set(pending.map(({ of }) => of));
      const canUndo = (click) =>
        click.round === round && !click.of && !undone.has(click.key) && !beingUndone.has(click.key);
      return [...saved, ...pending].filter(canUndo).reduce(later, null);
    },
  };
};

const later = (a, b) => (a && createdAt(a.key) > createdAt(b.key) ? a : b);

/** An undo is counted on the side of the click that it takes back. */
const addAll = (totals, entries) =>
  entries.reduce((sum, { amount, of }) => {
    const side = amount > 0 === !of ? "up" : "down";
    return { ...sum, [side]: sum[side] + amount };
  }, totals);
