/* What the counter counts, whether the number is live, who is watching and who pressed last. The state is always in words; colour only repeats it. */
import { Suspense, lazy, useEffect } from "react";
import { isUnavailable } from "../outbox/press_rules.js";
import { DEFAULT_COUNTER } from "../shared/constants.js";
import { Bilingual, T, plural } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { useCounter, useView } from "./counter_provider.jsx";
import { introduce } from "./tab_store.js";

// Few counters have one, and formats of dates are large. Nothing is shown where it cannot be loaded.
const ResetTime = lazy(() => import("./reset_time.jsx").catch(() => ({ default: () => null })));

/** What the counter counts. It is empty until it is known whether the counter has a name. */
export const Title = ({ texts }) => {
  const counter = useCounter();
  const { about, problem } = useView();
  const nameless = about ? !about.name : counter === DEFAULT_COUNTER || isUnavailable(problem);
  return (
    <h1 data-testid="title" dir="auto" title={about?.description || undefined}>
      {nameless ? <Bilingual text={texts.title} /> : about?.name || "\u00a0"}
    </h1>
  );
};

export const ConnectionStatus = ({ texts }) => {
  const { connection, problem } = useView();
  const live = connection === "connected";
  const settled = live || isUnavailable(problem); // there will be no number, but nothing is being waited for
  return (
    <div className="status">
      <p role="status" data-testid="status" data-state={connection}>
        <Icon name={settled ? "dot" : "wait"} className={settled ? "ok dot" : "quiet spin"} />
        <Bilingual text={texts[settled ? "connected" : connection]} />
      </p>
      <span className="quiet wide" aria-hidden="true" style={{ visibility: live ? "visible" : "hidden" }}>
        · <Watchers texts={texts} />
      </span>
    </div>
  );
};

export const WatcherCount = ({ texts }) => {
  const { connection, watchers } = useView();
  const visibility = connection === "connected" ? "visible" : "hidden";
  return (
    <p className="quiet small narrow" data-testid="lookers" data-value={watchers} style={{ visibility }}>
      <Watchers texts={texts} />
    </p>
  );
};

const Watchers = ({ texts }) => {
  const { watchers } = useView();
  return <Bilingual text={watchers === 1 ? texts.alone : plural(texts, "lookers", watchers)} n={watchers} />;
};

/** Who pressed last. Screen readers are not told each time. */
export const LastPress = () => {
  const counter = useCounter();
  const { about, device, connection, known, ownTotals } = useView();
  const last = about?.last;
  const hasPressed = !!ownTotals && (ownTotals.up !== 0 || ownTotals.down !== 0);
  const needsNumber = device.number === null && hasPressed; // a device gets its number with its first press
  useEffect(() => {
    if (needsNumber) introduce(counter);
  }, [counter, needsNumber, last?.number]);
  if (about && !about.tells_who) return null;
  const visibility = last && known && connection === "connected" ? "visible" : "hidden";
  return (
    <p className="quiet small" data-testid="last" data-device={last?.number ?? ""} style={{ visibility }}>
      {!last && "\u00a0"}
      {last && last.number === device.number && <T id="last_you" />}
      {last && last.number !== device.number && (
        <T id={last.label ? "last_by" : "last_device"} who={last.label || last.number} />
      )}
    </p>
  );
};

/** When the round ends by itself, if it does. */
export const NextReset = () => {
  const { about } = useView();
  return about?.ends_at ? (
    <Suspense fallback={null}>
      <ResetTime at={about.ends_at} />
    </Suspense>
  ) : null;
};
