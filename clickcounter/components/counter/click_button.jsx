/* The sun: a real button. One press is one click, however long the key is held and however many fingers are down. */
import { useEffect, useRef } from "react";
import { KEEPS_KEYS, actionOf } from "../hardware/built_in_keys.js";
import { canPress, isUnavailable, mayPress } from "../outbox/press_rules.js";
import { T, useFormats } from "../shared/i18n.jsx";
import { formatSigned } from "../shared/numbers.js";
import { press, pressMinus, undo, useCounter, useProgress, useView } from "./counter_provider.jsx";

const RING_INTERVAL = 333; // ms between two animations of the ring

/** The id of the button's text: why it cannot be pressed, if so. */
export const textId = (view, ready) => {
  const { about, known, problem } = view;
  if (ready) return "press";
  if (isUnavailable(problem)) return problem.code === "no_counter" ? "nothing" : "members_sun";
  if (!known) return "connecting";
  if (!mayPress(view)) return "look_sun";
  return about?.archived ? "archived_sun" : "full_sun";
};

export const ClickButton = () => {
  useFormats();
  const counter = useCounter();
  const view = useView();
  const step = view.about?.step ?? 1;
  const ready = canPress(view, step);
  const button = useRef(null);
  const ring = useRef(null);
  const lastRing = useRef(0);

  const onPress = () => {
    if (!press(counter) || performance.now() - lastRing.current < RING_INTERVAL) return;
    lastRing.current = performance.now();
    ring.current.classList.remove("go");
    void ring.current.offsetWidth; // restarts the animation
    ring.current.classList.add("go");
  };
  useKeyboard(counter, button);
  if (view.about?.group) return null; // its counters stand in its place

  return (
    <div className="horizon">
      <ProgressArc />
      <i ref={ring} className="ring" />
      <button
        ref={button}
        type="button"
        className="sun"
        data-testid="click"
        aria-disabled={!ready}
        aria-description={step > 1 ? formatSigned(step) : undefined}
        onClick={onPress}
        onKeyDown={(event) => event.repeat && event.preventDefault()}
      >
        <span>
          <T id={textId(view, ready)} />
        </span>
        <small aria-hidden="true" hidden={!ready}>
          {step > 1 ? (
            formatSigned(step)
          ) : (
            <kbd className="wide">
              <T id="space" />
            </kbd>
          )}
        </small>
      </button>
    </div>
  );
};

/** How far it is to the limit or the goal. At 0 there is no path: its round cap would still show. */
const ProgressArc = () => {
  const { share } = useProgress();
  if (share === null) return null;
  const path = { pathLength: 100, d: "M.6 50a49.4 49.4 0 0 1 98.8 0" };
  return (
    <svg className="arc" viewBox="0 0 100 50" aria-hidden="true" data-testid="arc" data-part={share}>
      <path className="t" {...path} />
      {share > 0 && <path className="f" {...path} strokeDasharray={`${share * 100} 300`} />}
    </svg>
  );
};

/** Space and Enter press anywhere on the page where they mean nothing else; minus takes one off, U undoes. */
const useKeyboard = (counter, button) =>
  useEffect(() => {
    const onKeyDown = (event) => {
      const action = actionOf(event);
      if (!action || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
      if (action === "press" ? event.target !== document.body : event.target.closest?.(KEEPS_KEYS)) return;
      event.preventDefault();
      if (event.repeat) return;
      if (action === "minus") return void pressMinus(counter);
      if (action === "undo") return void undo(counter);
      button.current?.classList.add("is-down");
      button.current?.click();
    };
    const onKeyUp = () => button.current?.classList.remove("is-down");
    addEventListener("keydown", onKeyDown);
    addEventListener("keyup", onKeyUp);
    return () => {
      removeEventListener("keydown", onKeyDown);
      removeEventListener("keyup", onKeyUp);
    };
  }, [counter]);
