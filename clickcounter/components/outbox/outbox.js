/* One tab's own clicks of one counter, and the number it may show.
 *
 * base     the committed snapshot that is shown
 * aside    a newer one, kept back while own clicks are on their way: it may or may not contain them already
 * flight   own clicks: the one batch under way, and those pressed since
 *
 * shown = base.value + the flying and waiting clicks of base.round. Showing the newest snapshot at once while a batch flies
 * would count its clicks twice for a moment, and then step back.
 *
 * An undo is a click of its own that names the one it takes back (`of`). Leftovers of closed tabs are sent along (`adopt`),
 * and never added to what is shown.
 *
 * No React, no socket, no disk: `deliver(sentAt, clicks)` hands a batch over, `changed()` says that view() has something
 * new; `keep(click)`, `drop(keys)` and `refuse(click, why)` keep the browser's disk in step; `tell(news)` is for this
 * browser's other tabs, `wonder()` asks the server what this device has added.
 */
import { createFlight, wire } from "./flight.js";
import { newKey } from "./key.js";
import { createMine } from "./mine.js";
import { isGone } from "./way.js";

const newer = (a, b) => (!a || (b && b.revision > a.revision) ? b : a);
const keysOf = (clicks) => clicks.map(({ key }) => key);
const isUndo = ({ of }) => of;
const isClick = ({ of }) => !of;
const targets = (clicks) => clicks.filter(isUndo).map(({ of }) => of);

export const createOutbox = ({ deliver, changed, keep, drop, refuse, tell, wonder, now = Date.now }) => {
  const mine = createMine();
  // Not on a remembered number: its first true successor could not be told from one that has our clicks already.
  const flight = createFlight({ deliver, now, isHeld: () => recalled });
  let base = null;
  let aside = null;
  let known = false; // there is a number to show on this page
  let confirmed = false; // and the server has told it since the page was opened
  let recalled = false; // base is only remembered from an earlier visit
  let lookers = 0;
  let problem = null; // what the server said last that needs words: { code, sentences, looking }
  let pressed = false;
  const refused = new Set(); // keys; a batch that comes twice may find room the second time
  let view;

  const pending = () =>
    flight.all().filter((click) => base && click.round === base.round && !click.stray);

  const update = () => {
    const own = pending();
    view = {
      known,
      confirmed,
      value: known ? own.reduce((sum, click) => sum + click.amount, base.value) : null,
      revision: known ? base.revision : null,
      round: known ? base.round : null,
      unsaved: flight.all().length,
      mine: known ? mine.shown(base.round, own) : null,
      undoable: known ? mine.undoable(base.round, own) : null,
      lookers,
      problem,
      pressed,
    };
    changed?.();
  };

  /** Take snapshots in: what flies may or may not be in them. */
  const take = (...snapshots) => {
    if (recalled && snapshots.length) {
      base = null; // whatever comes from the server is truer
      recalled = false;
    }
    if (flight.isFlying() && base) {
      aside = snapshots.reduce(newer, aside);
    } else {
      base = [aside, ...snapshots].reduce(newer, base);
      aside = null;
    }
    mine.take(flight.isFlying(), base);
  };

  const isReady = () => known && !isGone(problem);

  const add = (what) => {
    const at = now();
    const click = { key: newKey(at), pressed_at: at, round: base.round, ...what };
    keep?.(click);
    flight.add(click);
    pressed = true;
    if (problem?.code !== "later") problem = null;
    flight.send();
    update();
    return true;
  };

  /** Clicks that an answer decided leave, from the disk too. An undo of what was refused has nothing to take back. */
  const settle = (landed, codeOf, sentences) => {
    const saved = landed.filter((click) => codeOf(click) === "saved");
    const others = landed.filter((click) => codeOf(click) !== "saved");
    const lost = new Set(keysOf(others));
    const moot = ({ of }) => lost.has(of);
    const done = [...saved, ...others.filter(moot), ...flight.remove(moot)];
    if (done.length) drop?.(keysOf(done));
    for (const click of others.filter((click) => !moot(click))) {
      if (isUndo(click)) mine.refused(click, codeOf(click));
      refused.add(click.key);
      refuse?.(click, { code: codeOf(click), sentences: sentences[codeOf(click)] });
    }
    return saved;
  };

  /** What was saved is this device's, and can be taken back. */
  const account = (saved, { mine: totals, revision, round }) => {
    if (!saved.length) return;
    mine.saved(saved, totals ? null : round);
    if (totals) mine.take(flight.isFlying(), base, { up: totals[0], down: totals[1], round, revision });
    tell?.({ totals: mine.totals(), saved: saved.filter(isClick).map(wire), taken: targets(saved) });
    const exhausted = saved.some(isUndo) && base && !mine.undoable(base.round, pending());
    if (!totals || exhausted) wonder?.();
  };

  update();
  return {
    view: () => view,

    /** The newest snapshot that the server told, to be recalled on a visit without a connection. */
    last: () => (recalled ? null : base),

    /** The page was opened or navigated to: what was shown before is not shown again until it is confirmed. */
    arrive() {
      known = confirmed = false;
      pressed = false;
      problem = null;
      update();
    },

    /** There is no connection: show what was last known on an earlier visit, and count on from there. */
    recall(snapshot) {
      if (known || isGone(problem) || !(base ?? snapshot)) return;
      recalled = !base;
      base ??= snapshot;
      known = true;
      update();
    },

    /** Clicks of tabs that are gone: sent like our own, shown as unsaved, not added to the number. */
    adopt(clicks) {
      const held = new Set(keysOf(flight.all()));
      const found = clicks.filter((click) => !held.has(click.key)).map((click) => ({ ...wire(click), stray: true }));
      flight.add(...found.filter(isClick), ...found.filter(isUndo)); // whatever their clocks said
      mine.takeBack(targets(found));
      flight.send();
      update();
    },

    link: flight.link,

    /** A press. False while there is no number to add to. */
    press: (amount = 1) => isReady() && add({ amount }),

    /** Take this device's newest click back. One that never left is just gone. */
    undo() {
      const last = isReady() && view.undoable;
      if (!last) return false;
      if (!flight.isWaiting(last)) {
        tell?.({ taken: [last.key] });
        return add({ amount: -last.amount, kind: "undo", of: last.key });
      }
      flight.remove((click) => click === last);
      drop?.([last.key]);
      update();
      return true;
    },

    /** The server's word on what this device added to the round, and its newest click that can be taken back. */
    introduced({ up, down, round, revision, last }) {
      mine.take(flight.isFlying(), base, { up, down, round, revision });
      if (last) mine.learn([{ ...last, round }]);
      update();
    },

    /** What another tab of this browser was told, or took back. */
    hear({ totals, saved = [], taken = [] }) {
      if (totals) mine.take(flight.isFlying(), base, totals);
      mine.learn(saved);
      mine.takeBack(taken);
      update();
    },

    /** A frame from the room, or the server's word that it cannot be looked at. */
    frame(frame) {
      if (frame.error) {
        problem = { code: frame.error, looking: true };
        if (isGone(problem)) recalled = false; // no truer number will come; the clicks are to be refused
        if (frame.error === "members_only") known = confirmed = false; // nor is the number to be seen any more
      } else {
        take({ value: frame.count, revision: frame.revision, round: frame.round });
        lookers = frame.lookers;
        known = confirmed = true;
        if (problem?.looking) problem = null;
      }
      flight.send();
      update();
    },

    /** The server's answer to a batch: a code for each key, or one error for the whole of the batch that was sent then. */
    answer(answer) {
      const putOff = answer.error === "later";
      const whole = answer.error && !putOff && answer.sent_at === flight.sentAt();
      const codeOf = (click) => (whole ? answer.error : (answer.codes[click.key] ?? "later"));
      const afterAll = [...refused].filter((key) => answer.codes[key] === "saved");
      if (afterAll.length) drop?.(afterAll);
      afterAll.forEach((key) => refused.delete(key));
      const saved = settle(flight.land(codeOf, putOff), codeOf, answer.sentences);
      if (putOff) problem = { code: "later", sentences: answer.sentences.later };
      else if (saved.length && !problem?.looking) problem = null;
      take(...(answer.revision ? [{ value: answer.value, revision: answer.revision, round: answer.round }] : []));
      account(saved, answer);
      flight.send();
      update();
    },
  };
};
