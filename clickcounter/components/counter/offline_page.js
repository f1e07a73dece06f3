/* Keeps the page itself for visits without a connection. Browsers allow that on https and on localhost only. */

let started = false;

/** Call it once the number is shown: the worker has much to do, and would delay the number on a slow phone or network. */
export const keepPageOffline = async () => {
  if (started || !import.meta.env.PROD || !navigator.serviceWorker) return;
  started = true;
  await navigator.serviceWorker.register("/sw.js");
  const { active } = await navigator.serviceWorker.ready;
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const ours = loaded.filter((url) => /^\/(assets|fonts)\//.test(new URL(url).pathname) && url.startsWith(location.origin));
  active.postMessage({ keep: [location.pathname, ...ours] });
};
