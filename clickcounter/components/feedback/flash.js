/* A flash at the edges of the screen, for people who do not hear. The number in the middle stays readable. */
import "./feedback.css";
import { createPace } from "./pace.js";

const FADES = [{ opacity: 1 }, { opacity: 0 }];
const STEADY = [{ opacity: 1 }, { opacity: 1 }];
const DURATION = 300; // ms

let element = null;

const show = (kind) => {
  if (!element?.isConnected) {
    element = document.createElement("div");
    element.className = "flash";
    element.dataset.testid = "flash";
    element.setAttribute("aria-hidden", "true");
    document.body.append(element);
  }
  element.dataset.kind = kind;
  element.animate(matchMedia("(prefers-reduced-motion: reduce)").matches ? STEADY : FADES, DURATION);
};

export const flash = createPace(show);
