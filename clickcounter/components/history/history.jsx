/* What was counted when, by whom, and in which round: live, because each frame of the counter makes it ask again. */
import { useEffect, useRef, useState } from "react";
import { Both, Icon, T, signed, useCounter, useView, useWords } from "./counter_tab.jsx";
import { Chart } from "./history_chart.jsx";
import { EVERYBODY, Leaders, Rounds, Who } from "./history_parts.jsx";
import { Between, Spans } from "./history_spans.jsx";
import { Journal } from "./journal.jsx";
import { zone } from "./moments.js";
import { Title } from "./status.jsx";
import { isGone } from "./way.js";
import { ICONS } from "./words.jsx";

const NOT_SOONER = 1000; // ms between two questions
const AGAIN = 30_000; // ms; time goes on also where nobody presses

/** Asks for the view that is wanted, at once and whenever something was counted, but not more often than NOT_SOONER. */
const useChronicle = (view, wish, onLook) => {
  const counter = useCounter();
  const { link, revision } = useView();
  const asked = useRef(0);
  const key = JSON.stringify(wish);
  useEffect(() => {
    if (link !== "connected") return;
    const look = () => {
      asked.current = performance.now();
      onLook(counter, wish.span, zone(), wish.round, wish.device, wish.since, wish.until, wish.byDevice, wish.account);
    };
    const first = setTimeout(look, Math.max(0, asked.current + NOT_SOONER - performance.now()));
    const later = setInterval(look, AGAIN);
    return () => {
      clearTimeout(first);
      clearInterval(later);
    };
  }, [counter, link, revision, key]);
  return view?.counter === counter || view?.error ? view : null;
};

export const History = ({ view: told, older, onLook, onPage }) => {
  const [wish, want] = useState({ span: "day", round: null, ...EVERYBODY, since: null, until: null, byDevice: false });
  const view = useChronicle(told, wish, onLook);
  const words = useWords();
  const { problem } = useView();
  const missing = isGone(problem);
  return (
    <>
      <link rel="stylesheet" href="/history.css" precedence="page" />
      <div className="head">
        <div>
          <Title texts={words} />
          <p className="quiet">
            <T of="history" />
          </p>
        </div>
        <Spans wish={wish} want={want} />
      </div>
      {wish.span === "between" && <Between wish={wish} want={want} />}
      {missing && (
        <p role="alert">
          <T of={problem.code} />
        </p>
      )}
      {!view && !missing && (
        <p className="quiet">
          <T of="fetching_history" />
        </p>
      )}
      {view?.error && !missing && (
        <p role="alert">
          <Both of={view.sentences} />
        </p>
      )}
      {view?.bars && <Chronicle view={view} wish={wish} want={want} older={older} onPage={onPage} />}
    </>
  );
};

const Chronicle = ({ view, wish, want, older, onPage }) => (
  <div data-testid="history" data-span={view.span} data-amount={view.amount} data-device={view.device ?? ""} data-account={view.account ?? ""}>
    <p className="sum">
      <b>{signed(view.amount)}</b>
      <span className="quiet">
        <T of={wish.round === null ? `in_${wish.span}` : "in_that_round"} n={wish.round} />
        {" · "}
        <T of="pace" now={Math.round(view.pace.now)} peak={view.pace.peak} />
      </span>
      {wish.whose && <Only whose={wish.whose} drop={() => want({ ...wish, ...EVERYBODY })} />}
    </p>
    <Chart view={view} />
    {!wish.whose && (
      <label className="check">
        <input
          type="checkbox"
          checked={wish.byDevice}
          data-testid="by-device"
          onChange={(event) => want({ ...wish, byDevice: event.target.checked })}
        />
        <span>
          <T of="by_device" />
        </span>
      </label>
    )}
    <div className="two">
      <Leaders leaders={view.leaders} wish={wish} want={want} />
      <Rounds rounds={view.rounds} wish={wish} want={want} />
    </div>
    <Journal key={JSON.stringify(wish)} view={view} wish={wish} older={older} onPage={onPage} />
  </div>
);

/** Whose part of it is shown; one press shows everybody's again. */
const Only = ({ whose, drop }) => (
  <button type="button" className="btn framed" data-testid="everybody" onClick={drop}>
    <Who {...whose} />
    <Icon d={ICONS.x} />
    <span className="sr">
      <T of="everybody" />
    </span>
  </button>
);

/** The way back to the number. */
export const BackToCounter = () => (
  <a className="btn" href={`/c/${encodeURIComponent(useCounter())}`} data-testid="back">
    <Icon d={ICONS.back} />
    <span className="label">
      <T of="to_counter" />
    </span>
  </a>
);
