/* Keeps the page for when there is no connection: a phone that discarded the tab still opens it, counts, and shows what is
 * unsaved. The number itself is never kept here; the page does that.
 *
 * Pages come from the network while there is one, so that a new version replaces the old one at once. Files under /assets/
 * carry a hash of their content in their names and never change. Of /admin/ nothing is kept: it is full of other people's names.
 */

const CACHE = "clickcounter-1";
const SHELL = "/"; // stands in for a page that was never opened before
const NETWORK_WITHIN = 4000; // ms; a network that is there but dead counts as none
const SAME = { ignoreVary: true }; // a file is the same whoever asks for it
const MOST = 200; // files kept; the oldest go first

addEventListener("install", (event) => {
  // Where the browser can, it takes these files from the cache itself. Through the worker a dozen of them cost a second visit
  // half a second: the worker has to start, and is asked for one after the other.
  const past = (pathname) => ({ condition: { urlPattern: { pathname } }, source: { cacheName: CACHE } });
  event.addRoutes?.([past("/assets/*"), past("/fonts/*")]);
  skipWaiting();
});

addEventListener("activate", (event) => event.waitUntil(clients.claim()));

// The page says what it was made of: it was loaded before this worker could see it.
addEventListener("message", (event) => event.waitUntil(Promise.all([shell(), ...event.data.keep.map(taken)])));

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin || url.pathname.startsWith("/admin")) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (isFile(url.pathname)) event.respondWith(kept(request));
});

const page = async (request) => {
  const fresh = fetch(request).then(async (response) => {
    if (response.ok) await keep(request, response.clone());
    return response;
  });
  const late = new Promise((_, reject) => setTimeout(reject, NETWORK_WITHIN));
  try {
    return await Promise.race([fresh, late]);
  } catch {
    return (await caches.match(request, SAME)) ?? (await caches.match(SHELL, SAME)) ?? fresh;
  }
};

const isFile = (path) => path.startsWith("/assets/") || path.startsWith("/fonts/");

const kept = async (request) => (await caches.match(request, SAME)) ?? refresh(request);

const taken = (name) => (isFile(new URL(name, location).pathname) ? kept(name) : refresh(name));

const refresh = async (request) => {
  const response = await fetch(request);
  if (response.ok) await keep(request, response.clone());
  return response;
};

/** The page that stands in for others, with the files that it names. */
const shell = async () => {
  const html = await (await refresh(SHELL)).text();
  await Promise.all(Array.from(html.matchAll(/"(\/assets\/[^"]+)"/g), ([, name]) => kept(name)));
};

const keep = async (request, response) => {
  const cache = await caches.open(CACHE);
  await cache.put(request, response);
  const kept = await cache.keys();
  await Promise.all(kept.slice(0, Math.max(0, kept.length - MOST)).map((old) => cache.delete(old)));
};
