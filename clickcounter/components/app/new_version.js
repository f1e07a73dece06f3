/* A new version of the app: the page says that it is ready, and takes it when nobody is looking, or with the next link. */
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
  document.addEventListener("click", loadLink, true);
  listeners.forEach((listener) => listener());
};

/** A page of the old version may lack what it would show next; the new one is complete. */
const loadLink = (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || link.target || link.hasAttribute("download") || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  location.assign(link.href);
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
