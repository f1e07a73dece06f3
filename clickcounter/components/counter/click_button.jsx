/* The sun: a real button. One press is one click, however long the key is held and however many fingers are down. */
import { useEffect, useRef } from "react";
import { T, minus, press, undo, useCounter, useView, useWay } from "./counter_tab.jsx";
import { isGone, mayPress, takes } from "./way.js";
import { signed } from "./words.jsx";

const RING_EVERY = 333; // ms

/** What the sun says: why it cannot be pressed, where it cannot. */
const word = (view, ready) => {
  const { about, known, problem } = view;
  if (ready) return "press";
  if (isGone(problem)) return problem.code === "no_counter" ? "nothing" : "members_sun";
  if (!known) return "connecting";
  if (!mayPress(view)) return "look_sun";
  return about?.archived ? "archived_sun" : "full_sun";
};

export const ClickButton = () => {
  const counter = useCounter();
  const view = useView();
  const step = view.about?.step ?? 1;
  const ready = takes(view, step);
  const button = useRef(null);
  const ring = useRef(null);
  const lastRing = useRef(0);

  const onPress = () => {
    if (!press(counter) || performance.now() - lastRing.current < RING_EVERY) return;
    lastRing.current = performance.now();
    ring.current.classList.remove("go");
    void ring.current.offsetWidth; // lets the animation start anew
    ring.current.classList.add("go");
  };
  useKeys(counter, button);

  return (
    <div className="horizon">
      <Arc />
      <i ref={ring} className="ring" />
      <button
        ref={button}
        type="button"
        className="sun"
        data-testid="click"
        aria-disabled={!ready}
        aria-description={step > 1 ? signed(step) : undefined}
        onClick={onPress}
        onKeyDown={(event) => event.repeat && event.preventDefault()}
      >
        <span>
          <T of={word(view, ready)} />
        </span>
        <small aria-hidden="true" hidden={!ready}>
          {step > 1 ? (
            signed(step)
          ) : (
            <kbd className="wide">
              <T of="space" />
            </kbd>
          )}
        </small>
      </button>
    </div>
  );
};

/** How far it is to the limit or the goal. At nothing the path is left out: a round cap would still show. */
const Arc = () => {
  const { share } = useWay();
  if (share === null) return null;
  const path = { pathLength: 100, d: "M.6 50a49.4 49.4 0 0 1 98.8 0" };
  return (
    <svg className="arc" viewBox="0 0 100 50" aria-hidden="true" data-testid="arc" data-part={share}>
      <path className="t" {...path} />
      {share > 0 && <path className="f" {...path} strokeDasharray={`${share * 100} 300`} />}
    </svg>
  );
};

const TYPING = "input, textarea, select, [contenteditable], dialog, [popover]";

const doing = ({ key, code }) => {
  if (code === "Space" || code === "Enter" || code === "NumpadEnter") return "press";
  if (key === "-" || key === "−" || code === "NumpadSubtract") return "minus";
  return code === "KeyU" ? "undo" : null; // the key, whatever alphabet it writes
};

/** Space and enter count from anywhere on the page where they mean nothing else; minus takes one, u undoes. */
const useKeys = (counter, button) =>
  useEffect(() => {
    const down = (event) => {
      const what = doing(event);
      if (!what || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
      if (what === "press" ? event.target !== document.body : event.target.closest?.(TYPING)) return;
      event.preventDefault();
      if (event.repeat) return;
      if (what === "minus") return void minus(counter);
      if (what === "undo") return void undo(counter);
      button.current.classList.add("is-down");
      button.current.click();
    };
    const up = () => button.current?.classList.remove("is-down");
    addEventListener("keydown", down);
    addEventListener("keyup", up);
    return () => {
      removeEventListener("keydown", down);
      removeEventListener("keyup", up);
    };
  }, [counter]);
