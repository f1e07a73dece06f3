/* A new version of the app: the page says that it is ready, and takes it when nobody is looking. */
import { useEffect, useSyncExternalStore } from "react";

const HELD_BACK_BY = "dialog[open], [data-busy]"; // what a person would lose; any part of a page may be marked as busy

let ready = false;
const listeners = new Set();

const subscribe = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** These files make the newest page, and this browser has them all. React Router's list of the pages names each one's files with
 * the hashes of their contents, so it is another one in each version. */
export const receiveFiles = (files) => {
  const own = window.__reactRouterManifest?.url;
  if (ready || !own || files.includes(own)) return;
  ready = true;
  listeners.forEach((listener) => listener());
};

/** Whether there is a new version. It is taken when the page is out of sight, unless the page is `busy`. */
export const useNewVersion = (busy) => {
  const waits = useSyncExternalStore(subscribe, () => ready, () => false);
  useEffect(() => {
    if (!waits || busy) return;
    const take = () => document.hidden && !document.querySelector(HELD_BACK_BY) && location.reload();
    take();
    document.addEventListener("visibilitychange", take);
    return () => document.removeEventListener("visibilitychange", take);
  }, [waits, busy]);
  return waits;
};
