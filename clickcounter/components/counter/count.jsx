/* The number. It never jumps between states, and is resized only when a digit is added, by CSS alone. */
import { useRef } from "react";
import { formatNumber } from "../shared/numbers.js";
import { useCounter, useView } from "./counter_provider.jsx";

const ROLL_INTERVAL = 250; // ms; when the number changes faster, digits change without rolling

export const Count = () => {
  const counter = useCounter();
  const { known, value, revision, round, connection } = useView();
  const digits = known ? [...String(Math.abs(value))] : [];
  return (
    <div className="numbox">
      <p
        className={`num ${connection === "connected" ? "" : "stale"}`}
        data-testid="count"
        data-value={value ?? undefined}
        data-revision={revision ?? undefined}
        data-round={round ?? undefined}
        data-counter={counter}
        style={{ "--digits": Math.max(1, digits.length + (value < 0)), "--groups": Math.floor((digits.length - 1) / 3) }}
      >
        {known ? <Digits value={value} digits={digits} /> : <i className="unknown" />}
        {known && <span className="sr">{formatNumber(value)}</span>}
      </p>
    </div>
  );
};

/** Digits keyed by their place from the right, so that only changed ones roll. */
export const Digits = ({ value, digits }) => {
  const last = useRef({ value, at: -Infinity, rolls: false });
  if (last.current.value !== value) {
    const at = performance.now();
    last.current = { value, at, rolls: at - last.current.at > ROLL_INTERVAL };
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
