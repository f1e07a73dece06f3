/* The live regions of a counter's page. Loaded at the first change. */
import { useEffect, useRef, useState } from "react";
import { textId } from "../counter/click_button.jsx";
import { useCounter, useView } from "../counter/counter_provider.jsx";
import { canPress } from "../outbox/press_rules.js";
import { Bilingual, T, useTexts } from "../shared/i18n.jsx";
import { formatNumber } from "../shared/numbers.js";
import { createAnnouncer } from "./announcer.js";
import { ANNOUNCEMENT_TEXTS } from "./constants.js";
import { pace } from "./pace.js";

const GONE_AFTER = 5000; // ms; who reads the page later finds the number only where it stands

const Announcements = ({ since }) => {
  const counter = useCounter();
  const view = useView();
  const [messages, setMessages] = useState({}); // by region
  const announcer = useRef(null);
  const say = (region, message) => setMessages((others) => ({ ...others, [region]: { ...message, at: performance.now() } }));
  useEffect(() => {
    announcer.current = createAnnouncer({ since, pace, say });
    return () => announcer.current.close();
  }, []);
  useEffect(() => void announcer.current.update(view), [view]);
  useRefusedAttempts(counter, () => say("attempt", {}));
  useEffect(() => {
    const timer = setTimeout(setMessages, GONE_AFTER, {});
    return () => clearTimeout(timer);
  }, [messages]);
  const { number, saving, refused, attempt } = messages;
  return (
    <div className="sr">
      <p aria-live="polite" data-testid="said">
        {number && <NumberSaid key={number.at} {...number} />}
      </p>
      <p aria-live="polite" data-testid="said-saving">
        {saving && <span key={saving.at}>{saving.unsaved ? <T id="unsaved" n={saving.unsaved} /> : <T id="saved" />}</span>}
      </p>
      <p aria-live="assertive" data-testid="said-refused">
        {refused && <RefusedSaid key={refused.at} {...refused} />}
      </p>
      <p aria-live="assertive" data-testid="said-attempt">
        {attempt && <AttemptSaid key={attempt.at} view={view} />}
      </p>
    </div>
  );
};

export default Announcements;

const NumberSaid = ({ n, sum }) => {
  if (!sum) return <span>{formatNumber(n)}</span>;
  return (
    <span>
      <Bilingual text={ANNOUNCEMENT_TEXTS[sum > 0 ? "plus" : "minus"]} n={n} others={Math.abs(sum)} />
    </span>
  );
};

const RefusedSaid = ({ count, why }) => (
  <span>
    {count > 1 && `${count} × `}
    <Bilingual text={why.sentences ?? useTexts().failed} />
  </span>
);

/** Why the page did not even try: where the button says so, in its words. */
const AttemptSaid = ({ view }) => (
  <span>
    <Bilingual text={ANNOUNCEMENT_TEXTS.unchanged} /> {!canPress(view, view.about?.step ?? 1) && <T id={textId(view, false)} />}
  </span>
);

/** Calls `onRefused` when a press or an undo on this page changed nothing: counter_provider.jsx tells. */
const useRefusedAttempts = (counter, onRefused) =>
  useEffect(() => {
    const onAttempt = ({ detail }) => detail.counter === counter && !detail.amount && onRefused();
    addEventListener("clickcounter:attempt", onAttempt);
    return () => removeEventListener("clickcounter:attempt", onAttempt);
  }, [counter]);
