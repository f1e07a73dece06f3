/* Which time is looked at: today, this week, a round, all of it, or from one moment to another. */
import { useState } from "react";
import { T } from "./counter_tab.jsx";

const SPANS = ["day", "week", "round", "all", "between"];
const DAY = 86_400_000; // ms
const QUARTER = 900_000; // ms; times of a history are told in quarters of an hour

export const Spans = ({ wish, want }) => (
  <div className="seg">
    {SPANS.map((span) => (
      <button
        key={span}
        type="button"
        className="btn"
        aria-pressed={wish.span === span}
        data-testid={`span-${span}`}
        onClick={() => want({ ...wish, ...(span === "between" ? lately() : NOT), span, round: null })}
      >
        <T of={`span_${span}`} />
      </button>
    ))}
  </div>
);

const NOT = { since: null, until: null };

/** From yesterday's quarter of an hour to the end of this one. */
const lately = () => {
  const until = Math.ceil((Date.now() + 1) / QUARTER) * QUARTER;
  return { since: until - DAY, until };
};

/** Asked for once its beginning is before its end. */
export const Between = ({ wish, want }) => {
  const [times, set] = useState({ since: wish.since, until: wish.until });
  const change = (name) => (event) => {
    const changed = { ...times, [name]: new Date(event.target.value).getTime() };
    set(changed);
    if (changed.since < changed.until) want({ ...wish, ...changed });
  };
  return (
    <form className="between" onSubmit={(event) => event.preventDefault()}>
      {["since", "until"].map((name) => (
        <label key={name} className="field">
          <span>
            <T of={name} />
          </span>
          <span className="input">
            <input
              type="datetime-local"
              step={QUARTER / 1000}
              data-testid={name}
              defaultValue={local(wish[name])}
              onChange={change(name)}
            />
          </span>
        </label>
      ))}
    </form>
  );
};

/** A moment as such a field takes it, on this place's clock. */
const local = (moment) => {
  const at = new Date(moment);
  return new Date(moment - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};
