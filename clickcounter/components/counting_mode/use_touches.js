/* Turns the browser's pointers on the areas of a surface into taps, and keeps the browser from doing anything else with them. */
import { useEffect, useRef } from "react";
import { createTouches } from "./touches.js";

const AREA = "[data-area]";
const NOT_HERE = ["contextmenu", "selectstart", "dragstart", "gesturestart"]; // the last is Safari's zoom

/** `onTap(area)` is called for each press of an element with data-area; those of a screen reader come as clicks. */
export const useTouches = (surface, locked, onTap) => {
  const newest = useRef(null);
  newest.current = locked ? null : onTap;

  useEffect(() => {
    const tap = (area) => newest.current?.(area);
    const touches = createTouches(tap);
    const end = () => touches.end();
    return listen(
      [surface.current, "pointerdown", landing(touches, () => !newest.current)],
      [surface.current, "touchstart", ignoreOnAreas, { passive: false }],
      [surface.current, "click", clicking(tap)],
      ...NOT_HERE.map((type) => [surface.current, type, (event) => event.preventDefault()]),
      [surface.current, "wheel", (event) => event.ctrlKey && event.preventDefault(), { passive: false }], // a touchpad's zoom
      ...["pointerup", "pointercancel"].map((type) => [window, type, lifting(touches)]),
      [document, "visibilitychange", end],
      [window, "pagehide", end],
      end,
    );
  }, []);
};

const areaOf = ({ target }) => target.closest(AREA);

const landing = (touches, isLocked) => (event) => {
  const area = areaOf(event);
  if (!area || event.button !== 0 || isLocked()) return;
  area.dataset.down = event.pointerId;
  touches.land(event.pointerId, area.dataset.area, event.timeStamp);
};

const lifting = (touches) => ({ pointerId }) => {
  touches.lift(pointerId);
  document.querySelectorAll(`${AREA}[data-down="${pointerId}"]`).forEach((area) => delete area.dataset.down);
};

/** No click, no selection, no loupe, no swipe back from the edge. */
const ignoreOnAreas = (event) => areaOf(event) && event.cancelable && event.preventDefault();

/** A click of a keyboard or a screen reader has no pointer. One of a pointer has counted when it came down; it leaves no focus
 * behind, as the next key is to count and not to press that button again. */
const clicking = (onTap) => (event) => {
  const area = areaOf(event);
  if (event.detail > 0) event.target.closest("button")?.blur();
  else if (area) onTap(area.dataset.area);
};

/** Adds listeners, and returns what removes them. A function among them runs then, too. */
const listen = (...listeners) => {
  const ends = listeners.map((listener) => {
    if (typeof listener === "function") return listener;
    const [target, ...args] = listener;
    target.addEventListener(...args);
    return () => target.removeEventListener(...args);
  });
  return () => ends.forEach((end) => end());
};
