/* Whether it is true: the connection in words, who looks on, and what is not saved yet. Words first, colour second. */
import { useEffect, useState } from "react";
import { Both, Icon, dismiss, useCounter, useView } from "./counter_tab.jsx";

const DOT = "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8Z";
const WAIT = "M12 4a8 8 0 0 1 8 8M12 20a8 8 0 0 1-8-8";
const CHECK = "m5 12.5 4.5 4.5L19 7.5";
const ALERT = "M12 4.5 3.5 19h17L12 4.5Zm0 5.5v4m0 2.6v.01";
const PATIENCE = 400; // ms; a save that is quicker than this is not worth a word

export const Status = ({ texts }) => {
  const { link } = useView();
  const live = link === "connected";
  return (
    <p className="status" role="status" data-testid="status" data-state={link}>
      <Icon d={live ? DOT : WAIT} className={live ? "ok dot" : "quiet spin"} />
      <Both of={texts[link]} />
    </p>
  );
};

export const Lookers = ({ texts }) => {
  const { link, lookers } = useView();
  const of = (lang) => texts[`lookers_${new Intl.PluralRules(lang).select(lookers)}`] ?? texts.lookers_other;
  const text = lookers === 1 ? texts.alone : { ru: of("ru").ru, en: of("en").en };
  return (
    <p className="quiet small" data-testid="lookers" data-value={lookers} style={{ visibility: link === "connected" ? "visible" : "hidden" }}>
      <Both of={text} n={lookers} />
    </p>
  );
};

export const Note = ({ texts }) => {
  const counter = useCounter();
  const { known, link, unsaved, problem, pressed, refused, forgetful } = useView();
  const waiting = useLasting(unsaved > 0, PATIENCE);
  const trouble = problem && (problem.sentences ?? texts[problem.code]);
  let lines;
  if (refused.length) {
    lines = (
      <span className="bad" data-testid="refused" data-value={refused.length}>
        <Icon d={ALERT} />
        {refused.length > 1 && `${refused.length} × `}
        <Both of={refused[0].why.sentences ?? texts.failed} />
      </span>
    );
  } else if (trouble) {
    lines = (
      <span className="bad">
        <Icon d={ALERT} />
        <Both of={trouble} />
      </span>
    );
  } else if (!known) {
    lines = (
      <span className="quiet">
        <Both of={texts.fetching} />
      </span>
    );
  } else if (link !== "connected") {
    lines = (
      <span className="quiet">
        <Both of={texts.stale} />
      </span>
    );
  }
  return (
    <div className="note">
      <p className="truth" role="status">
        {lines}
        <span data-testid="unsaved" data-value={unsaved}>
          {unsaved > 0 && (waiting || link !== "connected") ? (
            <>
              <Icon d={WAIT} />
              <Both of={texts.unsaved} n={unsaved} />
            </>
          ) : (
            pressed &&
            !lines && (
              <span className="ok">
                <Icon d={CHECK} />
                <Both of={texts.saved} />
              </span>
            )
          )}
        </span>
        {forgetful && unsaved > 0 && (
          <span className="bad">
            <Both of={texts.forgetful} />
          </span>
        )}
      </p>
      {refused.length > 0 && (
        <button type="button" className="btn edge" data-testid="dismiss" onClick={() => dismiss(counter)}>
          <Both of={texts.dismiss} />
        </button>
      )}
    </div>
  );
};

/** True once `condition` has held for so many ms. */
const useLasting = (condition, ms) => {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!condition) return setLasting(false);
    const timer = setTimeout(() => setLasting(true), ms);
    return () => clearTimeout(timer);
  }, [condition, ms]);
  return lasting;
};
