/* Keeps the page for when there is no connection: a phone that discarded the tab still opens it, counts, and shows what is
 * unsaved. The number itself is never kept here; the page does that.
 *
 * Pages come from the network while there is one, so that a new version replaces the old one at once. Files under /assets/
 * carry a hash of their content in their names and never change. The worker leaves everything else alone: exports, the
 * administration and the server's other answers are full of other people's names, or are wrong a moment later.
 */

const FILES = "clickcounter-1";
const PAGES = "clickcounter-pages-1";
const SHELL = "/"; // stands in for a page that was never opened before
const NETWORK_WITHIN = 4000; // ms; a network that is there but dead counts as none
const SAME = { ignoreVary: true }; // a file is the same whoever asks for it
const MOST_FILES = 200; // that an open page does not use; the oldest go first
const MOST_PAGES = 50;

addEventListener("install", (event) => {
  // Where the browser can, it takes these files from the cache itself. Through the worker a dozen of them cost a second visit
  // half a second: the worker has to start, and is asked for one after the other.
  const past = (pathname) => ({ condition: { urlPattern: { pathname } }, source: { cacheName: FILES } });
  event.addRoutes?.([past("/assets/*"), past("/fonts/*")]);
  skipWaiting();
});

addEventListener("activate", (event) => event.waitUntil(Promise.allSettled([clients.claim(), leaveOnlyFiles()])));

// The page says what it was made of: it was loaded before this worker could see it.
addEventListener("message", (event) => event.waitUntil(keepAll(event)));

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && isPage(pathname)) event.respondWith(page(event, pathname));
  else if (isFile(pathname)) event.respondWith(file(event, pathname));
});

const isFile = (path) => /^\/(assets|fonts)\//.test(path);

/** The addresses of the app's own pages, as clickcounter.py adds them. */
const isPage = (path) => /^\/(account|board|counters|c\/[^/]+(\/display|\/history)?)?\/?$/.test(path);

/** From the network; where there is none, as it was kept, or the page that stands in for it. */
const page = async (event, path) => {
  const fresh = refresh(event, PAGES, path, event.request);
  event.waitUntil(fresh.catch(() => {})); // it may come after the kept one was shown, and is kept for the next visit
  const late = new Promise((_, reject) => setTimeout(reject, NETWORK_WITHIN));
  try {
    return await Promise.race([fresh, late]);
  } catch {
    return (await found(PAGES, path)) ?? (await found(PAGES, SHELL)) ?? fresh;
  }
};

const file = async (event, path) => (await found(FILES, path)) ?? refresh(event, FILES, path, event.request);

const found = async (name, path) => {
  try {
    return await (await caches.open(name)).match(path, SAME);
  } catch {
    return undefined; // the browser's storage is broken or full
  }
};

/** From the network. The answer is handed on at once, and kept meanwhile; `event` lives until that is done. */
const refresh = async (event, name, path, request = path) => {
  const response = await fetch(request);
  if (response.ok && !response.redirected) event.waitUntil(keep(name, path, response.clone()));
  return response;
};

/** Keeping may fail, as on a full disk; the answer is as good as before. */
const keep = async (name, path, response) => {
  try {
    await (await caches.open(name)).put(path, response);
    if (name === PAGES) await trim(PAGES, MOST_PAGES, [SHELL]);
  } catch {
    // the page works without it while there is a network
  }
};

/** Throws the oldest away, but none of those in use. */
const trim = async (name, most, inUse) => {
  const cache = await caches.open(name);
  const used = new Set(inUse.map((path) => new URL(path, location).href));
  const unused = (await cache.keys()).filter(({ url }) => !used.has(url));
  await Promise.all(unused.slice(0, Math.max(0, unused.length - most)).map((old) => cache.delete(old)));
};

/** Everything that an open page consists of, and the page that stands in for others with the files that it names. */
const keepAll = async (event) => {
  const paths = event.data.keep.map((name) => new URL(name, location).pathname);
  const files = new Set(paths.filter(isFile));
  try {
    const html = await (await refresh(event, PAGES, SHELL)).text();
    Array.from(html.matchAll(/"(\/assets\/[^"]+)"/g), ([, path]) => files.add(path));
  } finally {
    await Promise.allSettled([
      ...paths.filter(isPage).map((path) => refresh(event, PAGES, path)),
      ...Array.from(files, async (path) => (await found(FILES, path)) ?? refresh(event, FILES, path)),
    ]);
    await trim(FILES, MOST_FILES, [...files]);
  }
};

/** The caches of earlier versions of this worker held whatever was opened, such as exports. */
const leaveOnlyFiles = async () => {
  const cache = await caches.open(FILES);
  const others = (await cache.keys()).filter(({ url }) => !isFile(new URL(url).pathname));
  for (const other of others) {
    const { pathname, search } = new URL(other.url);
    const kept = isPage(pathname) && !search && (await cache.match(other, SAME));
    if (kept) await keep(PAGES, pathname, kept);
    await cache.delete(other);
  }
};
