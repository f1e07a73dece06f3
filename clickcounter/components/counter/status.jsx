/* What it is, whether it is live, and who looks on. Words first, colour second. */
import { useEffect } from "react";
import { Both, T, useCounter, useView } from "./counter_tab.jsx";
import { DEFAULT_COUNTER, introduce } from "./tab.js";
import { isGone } from "./way.js";
import { ICONS, Icon } from "./words.jsx";

/** What the counter counts. Of a counter with a name, nothing is shown until the name is known. */
export const Title = ({ texts }) => {
  const counter = useCounter();
  const { about } = useView();
  const nameless = about ? !about.name : counter === DEFAULT_COUNTER;
  return (
    <h1 data-testid="title" dir="auto" title={about?.description || undefined}>
      {nameless ? <Both of={texts.title} /> : about?.name || "\u00a0"}
    </h1>
  );
};

export const Status = ({ texts }) => {
  const { link, problem } = useView();
  const live = link === "connected";
  const answered = live || isGone(problem); // there will be no number, but nothing is being waited for
  return (
    <div className="status">
      <p role="status" data-testid="status" data-state={link}>
        <Icon d={answered ? ICONS.dot : ICONS.wait} className={answered ? "ok dot" : "quiet spin"} />
        <Both of={texts[answered ? "connected" : link]} />
      </p>
      <span className="quiet wide" aria-hidden="true" style={{ visibility: live ? "visible" : "hidden" }}>
        · <HowMany texts={texts} />
      </span>
    </div>
  );
};

export const Lookers = ({ texts }) => {
  const { link, lookers } = useView();
  const visibility = link === "connected" ? "visible" : "hidden";
  return (
    <p className="quiet small narrow" data-testid="lookers" data-value={lookers} style={{ visibility }}>
      <HowMany texts={texts} />
    </p>
  );
};

/** Who pressed last, quietly: no screen reader is told each time. */
export const LastBy = () => {
  const counter = useCounter();
  const { about, device, link, known, mine } = useView();
  const last = about?.last;
  const unnumbered = device.number === null && !!mine && (mine.up !== 0 || mine.down !== 0); // it got a number with its first press
  useEffect(() => {
    if (unnumbered) introduce(counter);
  }, [counter, unnumbered, last?.number]);
  if (about && !about.tells_who) return null;
  const visibility = last && known && link === "connected" ? "visible" : "hidden";
  return (
    <p className="quiet small" data-testid="last" data-device={last?.number ?? ""} style={{ visibility }}>
      {!last && "\u00a0"}
      {last && last.number === device.number && <T of="last_you" />}
      {last && last.number !== device.number && (
        <T of={last.label ? "last_by" : "last_device"} who={last.label || last.number} />
      )}
    </p>
  );
};

const HowMany = ({ texts }) => {
  const { lookers } = useView();
  const of = (lang) => texts[`lookers_${new Intl.PluralRules(lang).select(lookers)}`] ?? texts.lookers_other;
  return <Both of={lookers === 1 ? texts.alone : { ru: of("ru").ru, en: of("en").en }} n={lookers} />;
};
