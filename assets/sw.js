/* Keeps the page for when there is no connection: a phone that discarded the tab still opens it, counts, and shows what is
 * unsaved. The number itself is never kept here; the page does that. It also knows which counters were opened last, for the
 * app's icon, and opens what is shared with the app.
 *
 * Pages come from the network while there is one, so that a new version replaces the old one at once. Files under /assets/
 * carry a hash of their content in their names and never change. The worker leaves everything else alone: exports, the
 * administration and the server's other answers are full of other people's names, or are wrong a moment later.
 *
 * Below a path, such as /counter/, it is responsible for what is there, and its caches have names of their own: a browser keeps
 * those of all workers of a host together.
 */

const PATH = location.pathname.replace(/\/[^/]*$/, ""); // "" at the root of the host
const OWN = PATH && ` of ${PATH}`;
const FILES = `clickcounter-1${OWN}`;
const PAGES = `clickcounter-pages-1${OWN}`;
const APP = `clickcounter-app-1${OWN}`; // the counters that were opened last
const FIRST = `${PATH}/`;
const SHELL_FILE = `${PATH}/__spa-fallback.html`; // empty, so that it can become any page; servers answer /c/… with it
const SHELL = `${PATH}/shell`; // that file, kept under this name once the files of all pages are: stands in for any page
const COUNTERS = `${PATH}/counters`;
const RECENT = `${PATH}/recent`;
const MOST_RECENT = 2; // the app's icon opens the last one, its shortcut the one before
const NETWORK_WITHIN = 4000; // ms; a network that is there but dead counts as none
const SAME = { ignoreVary: true }; // a file is the same whoever asks for it
const MOST_FILES = 200; // that an open page does not use; the oldest go first
const MOST_PAGES = 50;
const LONGEST_SEARCH = 100; // characters

addEventListener("install", (event) => {
  // Where the browser can, it takes these files from the cache itself. Through the worker a dozen of them cost a second visit
  // half a second: the worker has to start, and is asked for one after the other.
  const past = (pathname) => ({ condition: { urlPattern: { pathname } }, source: { cacheName: FILES } });
  event.addRoutes?.([past(`${PATH}/assets/*`), past(`${PATH}/fonts/*`)]);
  skipWaiting();
});

addEventListener("activate", (event) => event.waitUntil(Promise.allSettled([clients.claim(), leaveOnlyFiles()])));

// The page says what it was made of: it was loaded before this worker could see it.
addEventListener("message", (event) => event.waitUntil(keepAll(event)));

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, searchParams } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && pathname === FIRST && isLaunch(searchParams)) event.respondWith(launch(searchParams));
  else if (request.mode === "navigate" && isPage(pathname)) event.respondWith(page(event, pathname));
  else if (isFile(pathname)) event.respondWith(file(event, pathname));
});

/** Whether a path is below ours, and the rest is such a one. */
const isOurs = (path, rest) => path.startsWith(FIRST) && rest.test(path.slice(PATH.length));

const isFile = (path) => isOurs(path, /^\/(assets|fonts)\//);

/** The addresses of the app's own pages, as clickcounter.py adds them. */
const isPage = (path) => isOurs(path, /^\/(account|board|counters|c\/[^/]+(\/display|\/history)?)?\/?$/);

const isCounter = (path) => isPage(path) && isOurs(path, /^\/(c\/[^/]+)?\/?$/);

/** From the network; where there is none, as it was kept, or the page that stands in for it. */
const page = async (event, path) => {
  if (isCounter(path)) event.waitUntil(openedAgain(path));
  const fresh = refresh(event, PAGES, path, event.request);
  event.waitUntil(fresh.catch(() => {})); // it may come after the kept one was shown, and is kept for the next visit
  const late = new Promise((_, reject) => setTimeout(reject, NETWORK_WITHIN));
  try {
    return await Promise.race([fresh, late]);
  } catch {
    const kept = await found(PAGES, path);
    if (kept && (await isWhole(kept.clone()))) return kept;
    return (await found(PAGES, SHELL)) ?? kept ?? (await found(PAGES, FIRST)) ?? fresh;
  }
};

/** The files that a page or a list of the app's pages names. */
const filesIn = (text) => [...new Set(Array.from(text.matchAll(/"(\/[^"]*assets\/[^"]+)"/g), ([, path]) => path))].filter(isFile);

/** Whether all files of a page are kept: of a new version that was on its way when the connection broke, some are not. */
const isWhole = async (html) => {
  const kept = await Promise.all(filesIn(await html.text()).map((path) => found(FILES, path)));
  return kept.every(Boolean);
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
    if (name === PAGES) await trim(PAGES, MOST_PAGES, [FIRST, SHELL]);
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

/** Everything that an open page consists of, and the empty page with the files of all pages, so that each opens without a
 * connection. The page is told once that is complete: if it was made of other files, there is a new version. */
const keepAll = async (event) => {
  const { keep: names, counter } = event.data;
  const paths = names.map((name) => new URL(name, location).pathname);
  const own = paths.filter(isFile);
  if (own.length === paths.length) return void (await Promise.allSettled(own.map(keepFile))); // parts that were loaded later
  if (isCounter(paths[0])) await opened(paths[0], counter);
  const kept = [...paths.filter(isPage).map((path) => refresh(event, PAGES, path)), ...own.map(keepFile)];
  let shell = [];
  try {
    shell = await keepShell(event);
  } finally {
    await Promise.allSettled(kept);
    await trim(FILES, MOST_FILES, [...own, ...shell]);
  }
  event.source?.postMessage({ shell });
};

const keepFile = async (path) => {
  if (await found(FILES, path)) return;
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path} is not there`);
  await keep(FILES, path, response);
};

/** The empty page, and all files that it or the list of all pages names. Resolves to those; fails if one is missing. */
const keepShell = async (event) => {
  const page = await fetch(SHELL_FILE);
  if (!page.ok || page.redirected) throw new Error("the empty page is not there");
  const html = await page.clone().text();
  const list = filesIn(html).find((path) => /\/manifest-[^/]+$/.test(path));
  const all = new Set([...filesIn(html), ...(list ? filesIn(await (await file(event, list)).text()) : [])]);
  await Promise.all([...all].map(keepFile));
  await keep(PAGES, SHELL, page);
  return [...all];
};

/* Starting from the icon, and sharing with the app: see components/translations.py. Both are decided here, so that they need no
 * connection, and what somebody shares is not sent anywhere. */

const SHARED = ["shared_url", "shared_text", "shared_title"];

const isLaunch = (params) => params.has("start") || SHARED.some((name) => params.has(name));

const launch = async (params) => {
  const to = params.has("start") ? await started(params.get("start")) : shared(SHARED.map((name) => params.get(name) ?? ""));
  return Response.redirect(new URL(to, location).href);
};

const started = async (which) => {
  const [last, previous] = await recent();
  return which === "previous" ? (previous?.path ?? COUNTERS) : (last?.path ?? FIRST);
};

/** The page that a shared link leads to, if it is one of ours; else the list of counters, searched for the shared words. */
const shared = (texts) => {
  for (const [link] of texts.join(" ").matchAll(/https?:\/\/\S+/g)) {
    const { origin, pathname, hash } = parsed(link.replace(/[.,;:!?…)\]}>"'»”’]+$/, ""));
    if (origin === location.origin && isPage(pathname)) return pathname + hash;
  }
  const words = texts.map((text) => text.replace(/https?:\/\/\S+/g, "").trim()).find(Boolean);
  return words ? `${COUNTERS}#${new URLSearchParams({ find: words.slice(0, LONGEST_SEARCH) })}` : COUNTERS;
};

const parsed = (link) => {
  try {
    return new URL(link);
  } catch {
    return {};
  }
};

/** The counters that were opened last, the newest first: their names, and the pages that showed them. */
const recent = async () => {
  try {
    return (await (await found(APP, RECENT))?.json()) ?? [];
  } catch {
    return [];
  }
};

/** A page shows a counter, or says with `counter` null that there is none at this address. */
const opened = async (path, counter) => {
  const others = (await recent()).filter((one) => one.path !== path && one.counter !== counter);
  await remember(counter ? [{ counter, path }, ...others] : others);
};

const openedAgain = async (path) => {
  const known = await recent();
  const again = known.find((one) => one.path === path);
  if (again) await remember([again, ...known.filter((one) => one !== again)]);
};

const remember = (counters) => keep(APP, RECENT, new Response(JSON.stringify(counters.slice(0, MOST_RECENT))));

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
