/* The lock against accidental taps. It opens to one finger that is held for a second, to a keyboard and to a screen reader. */
import { useEffect, useId, useRef, useState } from "react";
import { T } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { COUNTING_ICONS } from "./constants.js";

const HOLD = 1000; // ms
const STEADY = 40; // px that the finger may move

/** Whether it is locked, and a function to change that. It outlasts a phone that discards the page in a pocket. */
export const useLock = () => {
  const [locked, setLocked] = useState(() => !!history.state?.locked);
  const lock = (now) => {
    history.replaceState({ ...history.state, locked: now }, "");
    document.activeElement?.blur(); // keys count as before, wherever the focus was
    setLocked(now);
  };
  return [locked, lock];
};

export const Unlock = ({ unlock }) => {
  const hint = useId();
  const [holding, setHolding] = useState(false);
  const button = useRef(null);
  useHold(button, setHolding, unlock);
  return (
    <button
      ref={button}
      type="button"
      className="unlock"
      data-testid="mode-unlock"
      data-holding={holding}
      aria-describedby={hint}
      onClick={(event) => event.detail === 0 && unlock()}
    >
      <Icon path={COUNTING_ICONS.lock} />
      <span>
        <T id={holding ? "holding" : "hold"} />
      </span>
      <span id={hint} className="sr">
        <T id="hold_hint" />
      </span>
    </button>
  );
};

/** A second finger anywhere ends the hold: that is a pocket or a hand. */
const useHold = (button, setHolding, onHeld) =>
  useEffect(() => {
    const own = button.current;
    let held = null; // { id, x, y, timer }
    const end = () => {
      clearTimeout(held?.timer);
      held = null;
      setHolding(false);
    };
    const onDown = ({ target, pointerId: id, clientX: x, clientY: y, isPrimary, button }) => {
      end();
      if (!isPrimary || button !== 0 || !own.contains(target)) return;
      held = { id, x, y, timer: setTimeout(onHeld, HOLD) };
      setHolding(true);
    };
    const onMove = ({ pointerId, clientX, clientY }) => {
      if (pointerId === held?.id && Math.hypot(clientX - held.x, clientY - held.y) > STEADY) end();
    };
    const onUp = ({ pointerId }) => pointerId === held?.id && end();
    const keepStill = (event) => event.cancelable && event.preventDefault(); // no menu, no loupe
    const listeners = { pointerdown: onDown, pointermove: onMove, pointerup: onUp, pointercancel: onUp };
    Object.entries(listeners).forEach(([type, listener]) => addEventListener(type, listener));
    own.addEventListener("touchstart", keepStill, { passive: false });
    return () => {
      clearTimeout(held?.timer);
      Object.entries(listeners).forEach(([type, listener]) => removeEventListener(type, listener));
      own.removeEventListener("touchstart", keepStill);
    };
  }, []);
