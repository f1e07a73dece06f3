/* The door to learnt keys and devices. A device that has learnt none loads nothing. */
import { useEffect } from "react";

const LEARNT = "clickcounter:learnt"; // from listener.js

const hasLearnt = () => {
  try {
    return !!localStorage.getItem("clickcounter.keys");
  } catch {
    return false; // storage is blocked
  }
};

/** Learnt keys press these counters, by their slugs; `current` is the one that the page is about, or null. */
export const useLearntKeys = (counters, current) =>
  useEffect(() => {
    let end = () => {};
    let unmounted = false;
    const start = async ({ type } = {}) => {
      if (type !== LEARNT && !hasLearnt()) return;
      const listener = await import("./listener.js").catch(() => null); // there is no connection
      if (listener && !unmounted) end = listener.setPage({ counters, current });
    };
    (window.requestIdleCallback ?? setTimeout)(start);
    const news = [LEARNT, "storage"]; // learnt in this tab, or in another one
    news.forEach((event) => addEventListener(event, start));
    return () => {
      unmounted = true;
      news.forEach((event) => removeEventListener(event, start));
      end();
    };
  }, [counters.join(), current]);
