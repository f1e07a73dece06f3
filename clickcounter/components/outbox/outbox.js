/* One tab's own clicks of one counter, and the number that it may show.
 *
 * base      the committed snapshot that is shown
 * heldBack  a newer snapshot, held back while own clicks are in flight: it may or may not contain them already
 * sender    own clicks: the batch in flight, and the queue of newer ones
 *
 * Shown is base.value plus all own clicks of base.round. Showing the newest snapshot while a batch is in flight would count
 * its clicks twice for a moment, and then step back.
 *
 * An undo is a click of its own that names the one it takes back (`of`). Orphans, the clicks of closed tabs, are sent along
 * (`adopt`) but never added to what is shown.
 *
 * No React, no socket, no storage here: `deliver(sentAt, clicks, offset)` sends a batch, `onChange()` says that view() has changed;
 * `save(click)`, `remove(keys)` and `markRefused(click, why)` keep the browser's storage in step; `broadcast(news)` is for
 * this browser's other tabs, `requestTotals()` asks the server what this device has added.
 */
import { newClickKey } from "../shared/keys.js";
import { createBatchSender, toWire } from "./batch.js";
import { createClock } from "./clock.js";
import { createOwnTotals } from "./own_totals.js";
import { isUnavailable } from "./press_rules.js";
import { newer } from "./revisions.js";

const keysOf = (clicks) => clicks.map(({ key }) => key);
const isUndo = ({ of }) => of;
const isClick = ({ of }) => !of;
const undoneKeys = (clicks) => clicks.filter(isUndo).map(({ of }) => of);

export const createOutbox = ({
  deliver,
  onChange,
  save,
  remove,
  markRefused,
  broadcast,
  requestTotals,
  clock = createClock(),
}) => {
  const ownTotals = createOwnTotals();
  // Nothing is sent on a restored number: the server's first snapshot after it might contain our clicks already.
  const sender = createBatchSender({ deliver, clock, isHeld: () => restored });
  let base = null;
  let heldBack = null;
  let known = false; // there is a number to show on this page
  let confirmed = false; // and the server has sent it since the page was opened
  let restored = false; // base comes from an earlier visit, not from the server
  let watchers = 0;
  let problem = null; // the server's last complaint: { code, sentences, fromFrame }
  let pressed = false;
  let added = 0; // by this tab
  const refused = new Map(); // clicks by key; a batch that arrives twice may be accepted the second time
  let view;

  const pending = () =>
    sender.all().filter((click) => base && click.round === base.round && !click.orphan);

  const draw = () => {
    const own = pending();
    view = {
      known,
      confirmed,
      value: known ? own.reduce((sum, click) => sum + click.amount, base.value) : null,
      revision: known ? base.revision : null,
      round: known ? base.round : null,
      unsaved: sender.all().length,
      unsavedSince: sender.all()[0]?.pressed_at ?? null,
      ownTotals: known ? ownTotals.inRound(base.round, own) : null,
      undoable: known ? ownTotals.undoable(base.round, own) : null,
      watchers,
      problem,
      pressed,
      own: added,
    };
  };

  const update = () => {
    draw();
    onChange?.();
  };

  /** Take snapshots in: those that come while a batch is in flight are held back. */
  const takeSnapshots = (...snapshots) => {
    if (restored && snapshots.length) {
      base = null; // whatever comes from the server is more accurate
      restored = false;
    }
    if (sender.isInFlight() && base) {
      heldBack = snapshots.reduce(newer, heldBack);
    } else {
      base = [heldBack, ...snapshots].reduce(newer, base);
      heldBack = null;
    }
    ownTotals.update(sender.isInFlight(), base);
  };

  const isReady = () => known && !isUnavailable(problem);

  const add = (fields) => {
    const { keyTime, ...time } = clock.stamp();
    const click = { key: newClickKey(keyTime), ...time, round: base.round, ...fields };
    save?.(click);
    sender.enqueue(click);
    added += click.amount;
    pressed = true;
    if (problem?.code !== "later") problem = null;
    sender.send();
    update();
    return true;
  };

  /** What these clicks add to the number that is shown. */
  const sum = (clicks) =>
    clicks.reduce((total, { amount, round, orphan }) => total + (round === base?.round && !orphan ? amount : 0), 0);

  /** Clicks with an answer leave, from storage too. An undo of a refused click is moot: there is nothing to take back. */
  const settle = (settled, codeOf, sentences) => {
    const saved = settled.filter((click) => codeOf(click) === "saved");
    const others = settled.filter((click) => codeOf(click) !== "saved");
    const otherKeys = new Set(keysOf(others));
    const isMoot = ({ of }) => otherKeys.has(of);
    const moot = sender.dequeue(isMoot);
    const done = [...saved, ...others.filter(isMoot), ...moot];
    added -= sum([...others, ...moot]);
    if (done.length) remove?.(keysOf(done));
    for (const click of others.filter((click) => !isMoot(click))) {
      if (isUndo(click)) ownTotals.undoRefused(click, codeOf(click));
      refused.set(click.key, click);
      markRefused?.(click, { code: codeOf(click), sentences: sentences[codeOf(click)] });
    }
    return saved;
  };

  /** Saved clicks belong to this device's totals, and can be undone. */
  const updateTotals = (saved, { mine: totals, revision, round }) => {
    if (!saved.length) return;
    ownTotals.confirm(saved, totals ? null : round);
    if (totals) ownTotals.update(sender.isInFlight(), base, { up: totals[0], down: totals[1], round, revision });
    broadcast?.({ totals: ownTotals.totals(), saved: saved.filter(isClick).map(toWire), taken: undoneKeys(saved) });
    const noneLeft = saved.some(isUndo) && base && !ownTotals.undoable(base.round, pending());
    if (!totals || noneLeft) requestTotals?.();
  };

  draw(); // and tell nobody: whoever is told asks for this outbox, which is not there yet, and so makes another one without end
  return {
    view: () => view,

    /** The newest snapshot from the server, to be restored on a visit without a connection. */
    lastSnapshot: () => (restored ? null : base),

    /** The page was opened or navigated to: the number is not shown again until the server has confirmed it. */
    open() {
      known = confirmed = false;
      pressed = false;
      problem = null;
      update();
    },

    /** There is no connection: show the last known number, or that of an earlier visit, and count on from there. */
    restore(snapshot) {
      if (known || isUnavailable(problem) || !(base ?? snapshot)) return;
      restored = !base;
      base ??= snapshot;
      known = true;
      update();
    },

    /** Send orphans like our own, and count them as unsaved, but do not add them to the number. */
    adopt(clicks) {
      const held = new Set(keysOf(sender.all()));
      const orphans = clicks.filter((click) => !held.has(click.key)).map((click) => ({ ...toWire(click), orphan: true }));
      sender.enqueue(...orphans.filter(isClick), ...orphans.filter(isUndo)); // an undo after its click, whatever their clocks said
      ownTotals.markUndone(undoneKeys(orphans));
      sender.send();
      update();
    },

    setConnected: sender.setConnected,

    /** Returns false while there is no number to add to. */
    press: (amount = 1) => isReady() && add({ amount }),

    /** Undo this device's newest click. One that was never sent is just removed. */
    undo() {
      const last = isReady() && view.undoable;
      if (!last) return false;
      if (!sender.isQueued(last)) {
        broadcast?.({ taken: [last.key] });
        return add({ amount: -last.amount, kind: "undo", of: last.key });
      }
      added -= sum(sender.dequeue((click) => click === last));
      remove?.([last.key]);
      update();
      return true;
    },

    /** From the server: what this device has added to the round, and its newest click that can be undone. */
    receiveTotals({ up, down, round, revision, last }) {
      ownTotals.update(sender.isInFlight(), base, { up, down, round, revision });
      if (last) ownTotals.addSaved([{ ...last, round }]);
      update();
    },

    /** From another tab of this browser: what it received, or undid. */
    receiveBroadcast({ totals, saved = [], taken = [] }) {
      if (totals) ownTotals.update(sender.isInFlight(), base, totals);
      ownTotals.addSaved(saved);
      ownTotals.markUndone(taken);
      update();
    },

    /** From the server: the newest snapshot, or why this counter cannot be watched.
     * @param {import("../shared/shapes.js").Frame} frame */
    receiveFrame(frame) {
      clock.receive(frame.at);
      if (frame.error) {
        problem = { code: frame.error, fromFrame: true };
        if (isUnavailable(problem)) restored = false; // no snapshot will come; send the clicks, so that they are refused
        if (frame.error === "members_only") known = confirmed = false; // the number must not be shown any more
      } else {
        takeSnapshots({ value: frame.count, revision: frame.revision, round: frame.round });
        watchers = frame.lookers;
        known = confirmed = true;
        if (problem?.fromFrame) problem = null;
      }
      sender.send();
      update();
    },

    /** From the server: a code for each key of a batch, or one error for the whole batch that was sent then.
     * @param {import("../shared/shapes.js").Answer} answer */
    receiveAnswer(answer) {
      clock.receive(answer.at, answer.sent_at);
      const putOff = answer.error === "later";
      const forAll = answer.error && !putOff && answer.sent_at === sender.sentAt();
      const codeOf = (click) => (forAll ? answer.error : (answer.codes[click.key] ?? "later"));
      const savedAfterAll = [...refused.values()].filter(({ key }) => answer.codes[key] === "saved");
      savedAfterAll.forEach(({ key }) => refused.delete(key));
      added += sum(savedAfterAll);
      const saved = settle([...savedAfterAll, ...sender.settle(codeOf, putOff)], codeOf, answer.sentences);
      if (putOff) problem = { code: "later", sentences: answer.sentences.later };
      else if (saved.length && !problem?.fromFrame) problem = null;
      takeSnapshots(...(answer.revision ? [{ value: answer.value, revision: answer.revision, round: answer.round }] : []));
      updateTotals(saved, answer);
      sender.send();
      update();
    },
  };
};
