/* The sun: a real button. One press is one click, however long the key is held and however many fingers are down. */
import { useEffect, useRef } from "react";
import { Both, press, useCounter, useView } from "./counter_tab.jsx";

const RING_EVERY = 333; // ms

export const ClickButton = ({ texts }) => {
  const counter = useCounter();
  const { known, problem } = useView();
  const ready = known && problem?.code !== "no_counter";
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

  // The space bar counts from anywhere on the page where it means nothing else.
  useEffect(() => {
    const free = (event) => event.code === "Space" && event.target === document.body;
    const down = (event) => {
      if (!free(event)) return;
      event.preventDefault();
      if (event.repeat) return;
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
  }, []);

  return (
    <div className="horizon">
      <i ref={ring} className="ring" />
      <button
        ref={button}
        type="button"
        className="sun"
        data-testid="click"
        aria-disabled={!ready}
        onClick={onPress}
        onKeyDown={(event) => event.repeat && event.preventDefault()}
      >
        <span>
          <Both of={ready ? texts.press : problem?.code === "no_counter" ? texts.nothing : texts.connecting} />
        </span>
        <small className="wide" aria-hidden="true" hidden={!ready}>
          <kbd>
            <Both of={texts.space} />
          </kbd>
        </small>
      </button>
    </div>
  );
};
