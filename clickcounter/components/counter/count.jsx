/* The number. It never moves between states and resizes only when a digit is added, by CSS alone. */
import { useEffect, useRef, useState } from "react";
import { Both, grouped, useCounter, useView } from "./counter_tab.jsx";

const SAY_EVERY = 2000; // ms between two announcements to screen readers
const CALM = 250; // ms between two changes below which digits swap without rolling

export const Count = ({ texts }) => {
  const counter = useCounter();
  const { known, value, revision, round, link } = useView();
  const digits = known ? [...String(Math.abs(value))] : [];
  return (
    <div className="numbox">
      <p
        className={`num ${link === "connected" ? "" : "stale"}`}
        data-testid="count"
        data-value={value ?? undefined}
        data-revision={revision ?? undefined}
        data-round={round ?? undefined}
        data-counter={counter}
        style={{ "--digits": Math.max(1, digits.length + (value < 0)), "--groups": Math.floor((digits.length - 1) / 3) }}
      >
        {known ? <Digits value={value} digits={digits} /> : <i className="unknown" />}
        {known && <span className="sr">{grouped(value)}</span>}
      </p>
      <Said text={texts.number} />
    </div>
  );
};

/** Digits keyed by their place from the right, so that only changed ones roll. */
const Digits = ({ value, digits }) => {
  const last = useRef({ value, at: -Infinity, rolls: false });
  if (last.current.value !== value) {
    const at = performance.now();
    last.current = { value, at, rolls: at - last.current.at > CALM };
  }
  const roll = last.current.rolls ? "tick" : "";
  return (
    <span aria-hidden="true">
      {value < 0 && <i>−</i>}
      {digits.map((digit, i) => {
        const place = digits.length - i;
        return (
          <i key={`${place}:${digit}`} className={`${i && place % 3 === 0 ? "g" : ""} ${roll}`}>
            {digit}
          </i>
        );
      })}
    </span>
  );
};

/** Tells screen readers the number, calmly: at most every two seconds, always the newest. */
const Said = ({ text }) => {
  const { known, value } = useView();
  const [said, say] = useState(null);
  const saidAt = useRef(-Infinity);
  useEffect(() => {
    if (!known) return;
    const timer = setTimeout(
      () => {
        saidAt.current = performance.now();
        say(value);
      },
      Math.max(0, saidAt.current + SAY_EVERY - performance.now()),
    );
    return () => clearTimeout(timer);
  }, [known, value]);
  return (
    <p className="sr" aria-live="polite" data-testid="said">
      {said !== null && <Both of={text} n={said} />}
    </p>
  );
};
