/* A new version of the app: the page says that it is ready, and takes it when nobody is looking. */
import { useEffect, useSyncExternalStore } from "react";
import { APP_TEXTS } from "../shared/constants.js";
import { Bilingual } from "../shared/i18n.jsx";
import { isNewer, subscribe } from "./newest_files.js";
import { Reload } from "./part.jsx";

const HELD_BACK_BY = "dialog[open], [data-busy]"; // what a person would lose; any part of a page may be marked as busy

/** Whether there is a new version. It is taken when the page is out of sight, unless the page is `busy`. */
export const useNewVersion = (busy) => {
  const waits = useSyncExternalStore(subscribe, isNewer, () => false);
  useEffect(() => {
    if (!waits || busy) return;
    const take = () => document.hidden && !document.querySelector(HELD_BACK_BY) && location.reload();
    take();
    document.addEventListener("visibilitychange", take);
    return () => document.removeEventListener("visibilitychange", take);
  }, [waits, busy]);
  return waits;
};

export const NewVersion = () => (
  <p className="row-x" data-testid="new-version">
    <span>
      <Bilingual text={APP_TEXTS.new_version} />
    </span>
    <Reload className="edge" />
  </p>
);
