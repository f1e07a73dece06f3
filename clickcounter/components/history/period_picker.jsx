/* Which period is shown: today, this week, a round, all time, or from one moment to another. */
import { useState } from "react";
import { fromLocalInput, toLocalInput } from "../past/local_time.js";
import { QUARTER_HOUR_MS } from "../shared/constants.js";
import { T } from "../shared/i18n.jsx";

const SPANS = ["day", "week", "round", "all", "between"];
const DAY = 86_400_000; // ms
const NO_TIMES = { since: null, until: null };

export const PeriodPicker = ({ query, setQuery }) => (
  <div className="seg">
    {SPANS.map((span) => (
      <button
        key={span}
        type="button"
        className="btn"
        aria-pressed={query.span === span}
        data-testid={`span-${span}`}
        onClick={() => setQuery({ ...query, ...(span === "between" ? lastDay() : NO_TIMES), span, round: null })}
      >
        <T id={`span_${span}`} />
      </button>
    ))}
  </div>
);

/** The 24 hours to the end of this quarter of an hour; the history is kept in such quarters. */
const lastDay = () => {
  const until = Math.ceil((Date.now() + 1) / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
  return { since: until - DAY, until };
};

/** The two moments of the span "between", which are applied once the first is before the second. */
export const TimeRange = ({ query, setQuery }) => {
  const [times, setTimes] = useState({ since: query.since, until: query.until });
  const change = (name) => (event) => {
    const changed = { ...times, [name]: fromLocalInput(event.target.value) };
    setTimes(changed);
    if (changed.since < changed.until) setQuery({ ...query, ...changed });
  };
  return (
    <form className="between" onSubmit={(event) => event.preventDefault()}>
      {["since", "until"].map((name) => (
        <label key={name} className="field">
          <span>
            <T id={name} />
          </span>
          <span className="input">
            <input
              type="datetime-local"
              step={QUARTER_HOUR_MS / 1000}
              data-testid={name}
              defaultValue={toLocalInput(query[name])}
              onChange={change(name)}
            />
          </span>
        </label>
      ))}
    </form>
  );
};
