/* The door to learnt keys and devices. A device that has learnt none loads nothing. */
import { useEffect } from "react";

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
    const start = async () => {
      if (unmounted || !hasLearnt()) return;
      const { setPage } = await import("./listener.js");
      if (!unmounted) end = setPage({ counters, current });
    };
    (window.requestIdleCallback ?? setTimeout)(start);
    addEventListener("storage", start); // another tab has learnt something
    return () => {
      unmounted = true;
      removeEventListener("storage", start);
      end();
    };
  }, [counters.join(), current]);
