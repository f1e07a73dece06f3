/* Finds counters by their names. */
import { useEffect, useState } from "react";
import { deviceSecret } from "../counter/tab_store.js";
import { backendUrl } from "../shared/backend_url.js";

const TYPING_PAUSE = 200; // ms after the last key

/** The counters that the viewer may see, for this text. */
export const find = async (text, signal) => {
  const url = backendUrl("/api/v1/counters");
  url.search = new URLSearchParams({ search: text });
  const headers = { "Click-Counter-Device": await deviceSecret() };
  const response = await fetch(url, { credentials: "include", headers, signal });
  return response.ok ? (await response.json()).counters : [];
};

/** Counters that were found for this text; null while nobody knows. */
export const useFound = (text) => {
  const [found, setFound] = useState({ text: null, rows: [] });
  useEffect(() => {
    const aborted = new AbortController();
    const search = () =>
      find(text, aborted.signal)
        .then((rows) => setFound({ text, rows }))
        .catch(() => {}); // offline: a link can be added nevertheless
    const timer = setTimeout(search, text ? TYPING_PAUSE : 0);
    return () => {
      clearTimeout(timer);
      aborted.abort();
    };
  }, [text]);
  return found.text === text ? found.rows : null;
};
