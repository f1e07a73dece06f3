/* The door to signals on a counter's page. A device that has chosen none loads nothing. */
import { useEffect, useState } from "react";

const CHOSEN = "clickcounter:feedback"; // from settings.js

const hasChosen = () => {
  try {
    return !!localStorage.getItem("clickcounter.feedback");
  } catch {
    return false; // storage is blocked
  }
};

export const Signals = () => {
  const [Chosen, setChosen] = useState(null);
  useEffect(() => {
    const start = ({ type } = {}) => {
      if (type !== CHOSEN && !hasChosen()) return;
      import("./use_signals.js").then((module) => setChosen(() => module.default), () => {}); // there is no connection
    };
    (window.requestIdleCallback ?? setTimeout)(start);
    const news = [CHOSEN, "storage"]; // chosen in this tab, or in another one
    news.forEach((event) => addEventListener(event, start));
    return () => news.forEach((event) => removeEventListener(event, start));
  }, []);
  return Chosen && <Chosen />;
};
