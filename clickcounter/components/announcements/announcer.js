/* What a screen reader is told of a counter, and when: one's own presses at once, others' summed up at a pace that can be heard,
 * what is not saved or was refused once. While nothing changes it is told nothing.
 *
 * No React here: `update(view)` takes what the page shows, `say(region, message)` gets what is to be read.
 */
export const GAP = 1000; // ms between two numbers; of quick presses, the newest is told
export const SETTLE = 400; // ms that a change may take to become final: a refused press adds and takes back
export const UNSAVED_AFTER = 3000; // ms; a save that is quicker is not mentioned
export const REFUSED_GAP = 5000; // ms between two sentences about refused presses

const now = () => performance.now();

/** A timer for one thing at a time. */
const createAlarm = (onTime) => {
  let timer;
  return (at) => {
    clearTimeout(timer);
    timer = at < Infinity ? setTimeout(onTime, Math.max(0, at - now())) : undefined;
  };
};

/** What others have added, up to a constant: whatever this tab did not. */
const others = ({ value, own }) => value - own;

const createNumbers = (since, { pace, say }) => {
  const of = (view) => ({ own: view.own, others: others(view), round: view.round });
  let view = since;
  let told = of(view);
  let ownSince = null; // since when one's own presses were not told
  let othersSince = null;
  let saidAt = -Infinity;
  let summedAt = -Infinity;

  const ownDue = () => (ownSince === null ? Infinity : Math.max(ownSince + SETTLE / 2, saidAt + GAP));
  const othersDue = () =>
    othersSince === null ? Infinity : Math.max(othersSince + SETTLE, saidAt + GAP, summedAt + pace() * 1000);

  const tell = () => {
    const { own, others } = of(view);
    const isSum = othersDue() <= Math.max(now(), ownDue()); // a timer may be a little early
    say("number", { n: view.value, sum: isSum ? others - told.others : 0 });
    saidAt = now();
    ownSince = null;
    told.own = own;
    if (isSum) {
      summedAt = saidAt;
      othersSince = null;
      told.others = others;
    }
    wake();
  };
  const setAlarm = createAlarm(tell);
  const wake = () => setAlarm(Math.min(ownDue(), othersDue()));

  return {
    update(newest) {
      view = newest;
      const { own, others, round } = of(view);
      const isNew = round !== told.round; // the number begins again: it is told, whoever did it
      if (isNew || !pace()) told.others = others;
      if (isNew) Object.assign(told, { own: null, round });
      ownSince = own === told.own ? null : (ownSince ?? now());
      othersSince = others === told.others ? null : (othersSince ?? now());
      wake();
    },
    close: () => setAlarm(Infinity),
  };
};

/** Says once that presses are not saved, and once that all of them are. */
const createSaving = ({ say }) => {
  let unsaved = 0;
  let due = Infinity;
  let told = false;
  const setAlarm = createAlarm(() => {
    told = true;
    say("saving", { unsaved });
  });
  return {
    update(view) {
      const began = !unsaved && view.unsaved;
      unsaved = view.unsaved;
      if (began) setAlarm((due = now() + UNSAVED_AFTER));
      if (unsaved || due === Infinity) return;
      setAlarm((due = Infinity));
      if (told) say("saving", { unsaved });
      told = false;
    },
    close: () => setAlarm(Infinity),
  };
};

/** Says each refusal once: `count` presses that were refused since the last sentence, and why the newest was. */
const createRefusals = (view, { say }) => {
  let told = view.refused.length;
  let refused = view.refused;
  let saidAt = -Infinity;
  const setAlarm = createAlarm(() => {
    saidAt = now();
    say("refused", { count: refused.length - told, why: refused.at(-1).why });
    told = refused.length;
  });
  return {
    update(newest) {
      refused = newest.refused;
      told = Math.min(told, refused.length); // some were dismissed
      setAlarm(refused.length > told ? saidAt + REFUSED_GAP : Infinity);
    },
    close: () => setAlarm(Infinity),
  };
};

/** `since` is what the page showed first, and needs no telling. `pace()` returns seconds, or 0 for never. */
export const createAnnouncer = ({ since, ...how }) => {
  const parts = [createNumbers(since, how), createSaving(how), createRefusals(since, how)];
  return {
    update: (view) => view.known && parts.forEach((part) => part.update(view)),
    close: () => parts.forEach((part) => part.close()),
  };
};
