/* Keeps the page itself for visits without a connection, see assets/sw.js, and hears from there when a new version has come.
 * Browsers allow that on https and on localhost only. */
import { loadAll } from "../language/languages.js";
import { receiveFiles } from "./newest_files.js";

const AGAIN_WITHIN = 20000; // ms; a server that comes back has all tabs at once, and each asks it for the page

const planned = new Set(); // the paths of pages that are to be kept
let kept = null; // the path of the one that was kept last
let turn = Promise.resolve();
const isKept = !!globalThis.navigator?.serviceWorker?.controller; // an earlier visit had the page kept

/** Call it once the page shows what it is for: the worker has much to do, and would delay that on a slow phone or network. And
 * again after each interruption, because that may have been an upgrade. The page works without it. */
export const keepPageOffline = () => {
  const path = location.pathname;
  if (planned.has(path) || !import.meta.env.PROD || !navigator.serviceWorker) return;
  planned.add(path);
  const isDone = () => planned.delete(path);
  turn = turn.then(() => keep(path)).then(isDone, isDone);
};

const keep = async (path) => {
  if (kept === null) await listen();
  if (kept === path) await new Promise((resolve) => setTimeout(resolve, Math.random() * AGAIN_WITHIN));
  if (location.pathname !== path) return; // the page has led to another one meanwhile
  kept = path;
  const loaded = filesOf(performance.getEntriesByType("resource"));
  await send({ keep: [path, ...loaded], counter: shownCounter() });
  if (isKept) loadAll(); // a first visit has enough to load
};

const filesOf = (entries) =>
  entries
    .map(({ name }) => name)
    .filter((url) => url.startsWith(location.origin) && /\/(assets|fonts)\/[^/]+$/.test(url));

const send = async (message) => (await navigator.serviceWorker.ready).active.postMessage(message);

/** Parts of the page that are loaded when they are first used come past the worker, too: the browser asks its cache itself. */
const keepLater = (entries) => {
  const files = filesOf(entries.getEntries());
  if (files.length) send({ keep: files });
};

const listen = () => {
  new PerformanceObserver(keepLater).observe({ type: "resource" });
  navigator.serviceWorker.addEventListener("message", ({ data }) => data.shell && receiveFiles(data.shell));
  navigator.serviceWorker.startMessages();
  return navigator.serviceWorker.register("/sw.js");
};

/** The counter whose number is on the page; null where the page says that there is none. */
const shownCounter = () => document.querySelector("[data-counter][data-value]")?.dataset.counter ?? null;
