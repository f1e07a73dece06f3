/* One tab's own clicks of one counter, and the number it may show.
 *
 * base     the committed snapshot that is shown
 * aside    a newer one, kept back while own clicks are on their way: it may or may not contain them already
 * flying   the one batch under way
 * waiting  pressed since
 *
 * shown = base.value + the flying and waiting clicks of base.round. Showing the newest snapshot at once while a batch flies
 * would count its clicks twice for a moment, and then step back.
 *
 * Leftovers of closed tabs are sent along (`adopt`), and never added to what is shown.
 *
 * No React, no socket, no disk: `deliver(sentAt, clicks)` hands a batch over, `changed()` says that view() has something
 * new; `keep(click)`, `drop(keys)` and `refuse(click, why)` keep the browser's disk in step.
 */

const BATCH = 200; // clicks an event, as the server allows
const PACE = 100; // ms between two sends
const FIRST_WAIT = 2000; // ms until an unanswered batch is sent again, doubling up to LAST_WAIT
const LAST_WAIT = 30000;
const LATER_WAIT = 5000; // ms at most after a "later": the server is there, and will soon be able to save again

const newer = (a, b) => (!a || (b && b.revision > a.revision) ? b : a);

export const hex = (bytes) =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (b) => b.toString(16).padStart(2, "0")).join("");

// Time first, so that the ledger's index grows at its end. randomUUID is missing on plain http.
export const newKey = (now) => now.toString(16).padStart(12, "0") + hex(10);

const wire = ({ key, amount, pressed_at, round }) => ({ key, amount, pressed_at, round });

export const createOutbox = ({ deliver, changed, keep, drop, refuse, now = Date.now }) => {
  let base = null;
  let aside = null;
  let flying = [];
  let waiting = [];
  let linked = false;
  let known = false; // there is a number to show on this page
  let confirmed = false; // and the server has told it since the page was opened
  let recalled = false; // base is only remembered from an earlier visit
  let lookers = 0;
  let problem = null; // what the server said last that needs words: { code, sentences, looking }
  let pressed = false;
  let lastSend = -Infinity;
  let sentAt = null; // of the newest send of the batch under way
  let wait = FIRST_WAIT;
  let paceTimer, resendTimer, view;

  const update = () => {
    const own = [...flying, ...waiting].filter(
      (click) => base && click.round === base.round && !click.stray,
    );
    view = {
      known,
      confirmed,
      value: known ? own.reduce((sum, click) => sum + click.amount, base.value) : null,
      revision: known ? base.revision : null,
      round: known ? base.round : null,
      unsaved: flying.length + waiting.length,
      lookers,
      problem,
      pressed,
    };
    changed?.();
  };

  const launch = () => {
    lastSend = performance.now(); // the wall clock may be set back at any moment
    sentAt = now();
    relaunchIn(wait);
    wait = Math.min(wait * 2, LAST_WAIT);
    deliver(sentAt, flying.map(wire));
  };

  const relaunch = () => linked && flying.length && launch();

  // Jitter: a thousand tabs that lost the same server do not come back in step.
  const relaunchIn = (ms) => {
    clearTimeout(resendTimer);
    resendTimer = setTimeout(relaunch, ms * (0.75 + Math.random() / 2));
  };

  const send = () => {
    // Not on a remembered number: its first true successor could not be told from one that has our clicks already.
    if (flying.length || !waiting.length || !linked || recalled) return;
    clearTimeout(paceTimer);
    const rest = lastSend + PACE - performance.now();
    if (rest > 0) {
      paceTimer = setTimeout(send, rest);
      return;
    }
    flying = waiting.splice(0, BATCH);
    wait = FIRST_WAIT;
    launch();
  };

  /** Take snapshots in: what flies may or may not be in them. */
  const take = (...snapshots) => {
    if (recalled && snapshots.length) {
      base = null; // whatever comes from the server is truer
      recalled = false;
    }
    if (flying.length && base) {
      aside = snapshots.reduce(newer, aside);
    } else {
      base = [aside, ...snapshots].reduce(newer, base);
      aside = null;
    }
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
      if (known || !(base ?? snapshot)) return;
      recalled = !base;
      base ??= snapshot;
      known = true;
      update();
    },

    /** Clicks of tabs that are gone: sent like our own, shown as unsaved, not added to the number. */
    adopt(clicks) {
      const held = new Set([...flying, ...waiting].map((click) => click.key));
      waiting.push(...clicks.filter((click) => !held.has(click.key)).map((click) => ({ ...wire(click), stray: true })));
      send();
      update();
    },

    /** The line went up or down. What flew over the old connection may never have arrived. */
    link(up) {
      linked = up;
      if (!up) return;
      wait = FIRST_WAIT;
      relaunch();
      send();
    },

    /** A press. False while there is no number to add to. */
    press(amount = 1) {
      if (!known || problem?.code === "no_counter") return false;
      const at = now();
      const click = { key: newKey(at), amount, pressed_at: at, round: base.round };
      keep?.(click);
      waiting.push(click);
      pressed = true;
      if (problem?.code !== "later") problem = null;
      send();
      update();
      return true;
    },

    /** A frame from the room, or the server's word that it cannot be looked at. */
    frame(frame) {
      if (frame.error) {
        problem = { code: frame.error, looking: true };
        if (frame.error === "no_counter") recalled = false; // no truer number will come; the clicks are to be refused
        send();
        update();
        return;
      }
      take({ value: frame.count, revision: frame.revision, round: frame.round });
      lookers = frame.lookers;
      known = confirmed = true;
      if (problem?.looking) problem = null;
      send();
      update();
    },

    /** The server's answer to a batch: a code for each key, or one error for the whole of the batch that was sent then. */
    answer(answer) {
      const whole = answer.error && answer.error !== "later" && answer.sent_at === sentAt;
      const codeOf = (click) => (whole ? answer.error : (answer.codes[click.key] ?? "later"));
      const gone = flying.filter((click) => codeOf(click) !== "later");
      flying = flying.filter((click) => codeOf(click) === "later");
      const saved = gone.filter((click) => codeOf(click) === "saved").map((click) => click.key);
      if (saved.length) drop?.(saved);
      gone
        .filter((click) => codeOf(click) !== "saved")
        .forEach((click) => refuse?.(click, { code: codeOf(click), sentences: answer.sentences[codeOf(click)] }));
      if (answer.error === "later") problem = { code: "later", sentences: answer.sentences.later };
      else if (saved.length && !problem?.looking) problem = null;
      if (!flying.length) clearTimeout(resendTimer);
      else if (answer.error === "later") relaunchIn(Math.min(wait, LATER_WAIT));
      take(...(answer.revision ? [{ value: answer.value, revision: answer.revision, round: answer.round }] : []));
      send();
      update();
    },
  };
};
