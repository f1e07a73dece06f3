/* The number. It never jumps between states, and is resized only when a digit is added, by CSS alone. */
import { useRef } from "react";
import { useFormats } from "../shared/i18n.jsx";
import { formatNumber, groupSign, groupsOf } from "../shared/numbers.js";
import { useCounter, useView } from "./counter_provider.jsx";

const ROLL_INTERVAL = 250; // ms; when the number changes faster, digits change without rolling

export const Count = () => {
  const counter = useCounter();
  const { known, value, revision, round, connection } = useView();
  const digits = known ? [...String(Math.abs(value))] : [];
  useFormats();
  return (
    <div className="numbox">
      <p
        className={`num ${connection === "connected" ? "" : "stale"}`}
        data-testid="count"
        data-value={value ?? undefined}
        data-revision={revision ?? undefined}
        data-round={round ?? undefined}
        data-counter={counter}
        style={sizeOf(value, digits)}
      >
        {known ? <Digits value={value} digits={digits} /> : <i className="unknown" />}
        {known && <span className="sr">{formatNumber(value)}</span>}
      </p>
    </div>
  );
};

/** How wide the number is, in digits, and its gaps in em. */
export const sizeOf = (value, { length }) => ({
  "--digits": Math.max(1, length + (value < 0)),
  "--gaps": groupsOf(length) * (groupSign() ? 0.26 : 0.12),
});

/** Digits keyed by their place from the right, so that only changed ones roll. */
export const Digits = ({ value, digits }) => {
  const last = useRef({ value, at: -Infinity, rolls: false });
  if (last.current.value !== value) {
    const at = performance.now();
    last.current = { value, at, rolls: at - last.current.at > ROLL_INTERVAL };
  }
  const roll = last.current.rolls ? "tick" : "";
  const sign = groupSign();
  return (
    <span aria-hidden="true">
      {value < 0 && <i>−</i>}
      {digits.map((digit, i) => {
        const place = digits.length - i;
        const first = i && place % 3 === 0 && groupsOf(digits.length); // of its group
        return (
          <i key={`${place}:${digit}`} className={`${first ? "g" : ""} ${roll}`} data-group={(first && sign) || undefined}>
            {digit}
          </i>
        );
      })}
    </span>
  );
};
