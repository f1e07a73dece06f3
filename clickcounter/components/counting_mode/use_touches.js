/* Turns the browser's pointers on the areas of a surface into taps, and keeps the browser from doing anything else with them. */
import { useEffect, useRef } from "react";
import { createTouches } from "./touches.js";

const AREA = "[data-area]";
const NOT_HERE = ["contextmenu", "selectstart", "dragstart", "gesturestart"]; // the last is Safari's zoom

/** `onTap(area)` is called for each press of an element with data-area; those of a screen reader come as clicks. */
export const useTouches = (surface, locked, onTap) => {
  const newest = useRef(null);
  newest.current = locked ? () => {} : onTap;

  useEffect(() => {
    const touches = createTouches((area) => newest.current(area));
    const ofSurface = { land: landing(touches), touchstart: ignoreOnAreas, click: clicking((area) => newest.current(area)) };
    const end = () => touches.end();
    return listen(
      [surface.current, "pointerdown", ofSurface.land],
      [surface.current, "touchstart", ofSurface.touchstart, { passive: false }],
      [surface.current, "click", ofSurface.click],
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

const landing = (touches) => (event) => {
  const area = areaOf(event);
  if (!area || event.button !== 0) return;
  area.dataset.down = event.pointerId;
  touches.land(event.pointerId, area.dataset.area, event.timeStamp);
};

const lifting = (touches) => ({ pointerId }) => {
  touches.lift(pointerId);
  document.querySelectorAll(`${AREA}[data-down="${pointerId}"]`).forEach((area) => delete area.dataset.down);
};

/** No click, no selection, no loupe, no swipe back from the edge. */
const ignoreOnAreas = (event) => areaOf(event) && event.cancelable && event.preventDefault();

/** A click of a keyboard or a screen reader has no pointer; one of a mouse has counted when the button went down. */
const clicking = (onTap) => (event) => event.detail === 0 && areaOf(event) && onTap(areaOf(event).dataset.area);

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
