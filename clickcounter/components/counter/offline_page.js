/* Keeps the page itself for visits without a connection, see assets/sw.js, and hears from there when a new version has come.
 * Browsers allow that on https and on localhost only. */
import { receiveFiles } from "../app/new_version.js";

const AGAIN_WITHIN = 20000; // ms; a server that comes back has all tabs at once, and each asks it for the page

let asked = false;
let asking = false;

/** Call it once the number is shown: the worker has much to do, and would delay the number on a slow phone or network. And again
 * after each interruption, because that may have been an upgrade. */
export const keepPageOffline = async () => {
  if (asking || !import.meta.env.PROD || !navigator.serviceWorker) return;
  asking = true;
  try {
    if (asked) await new Promise((resolve) => setTimeout(resolve, Math.random() * AGAIN_WITHIN));
    else await listen();
    asked = true;
    const loaded = filesOf(performance.getEntriesByType("resource"));
    await send({ keep: [location.pathname, ...loaded], counter: shownCounter() });
  } finally {
    asking = false;
  }
};

const filesOf = (entries) =>
  entries
    .map(({ name }) => name)
    .filter((url) => url.startsWith(location.origin) && /^\/(assets|fonts)\//.test(new URL(url).pathname));

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
