/* A browser around assets/sw.js: its caches, its network, and the events that it sends to a service worker. */
import { readFileSync } from "node:fs";
import vm from "node:vm";

const SOURCE = readFileSync(new URL("../../assets/sw.js", import.meta.url), "utf8");
const ORIGIN = "https://counter.example";
const absolute = (request) => new URL(request.url ?? request, ORIGIN).href;

/** Keeps the order in which entries were put, as browsers do. */
class FakeCache extends Map {
  full = false;
  async match(request) {
    return super.get(absolute(request))?.clone();
  }
  async put(request, response) {
    if (this.full) throw new DOMException("full", "QuotaExceededError");
    super.delete(absolute(request));
    super.set(absolute(request), response);
  }
  async delete(request) {
    return super.delete(absolute(request));
  }
  keys() {
    return Promise.resolve([...super.keys()].map((url) => ({ url })));
  }
}

/** A service worker that was just installed, below a path or at the root. `network(path)` is the body of an answer, a Response,
 * or throws. Workers of one host have their caches, `stores`, together. */
export const serviceWorker = (network, below = "", stores = new Map()) => {
  const listeners = {};
  const open = (name) => stores.get(name) ?? stores.set(name, new FakeCache()).get(name);
  vm.runInNewContext(SOURCE, {
    ...{ URL, URLSearchParams, Response, Promise, setTimeout: (...args) => setTimeout(...args).unref(), location: new URL(`${ORIGIN}${below}/sw.js`) },
    addEventListener: (type, listener) => (listeners[type] = listener),
    caches: { open: async (name) => open(name) },
    clients: { claim: async () => {} },
    fetch: async (request) => {
      const answer = await network(new URL(absolute(request)).pathname);
      return answer instanceof Response ? answer : new Response(answer);
    },
    skipWaiting: () => {},
  });

  /** Resolves once all that the worker waits for is done; to the text of its answer, null if it leaves that to the browser. */
  const send = async (type, fields) => {
    let answer = null;
    const waits = [];
    listeners[type]({ ...fields, respondWith: (given) => (answer = given), waitUntil: (wait) => waits.push(wait) });
    const text = answer && (await (await answer).text());
    for (const wait of waits) await wait; // the list may grow meanwhile
    return text;
  };
  const request = (path, mode, method = "GET") => send("fetch", { request: { url: ORIGIN + path, mode, method } });
  return {
    open,
    paths: () => [...stores.values()].flatMap((cache) => [...Map.prototype.keys.call(cache)]).map((url) => new URL(url).pathname),
    activate: () => send("activate", {}),
    keep: (...paths) => send("message", { data: { keep: paths, counter: null } }),
    /** A page shows a counter; null if it says that there is none. Resolves to what the worker tells it. */
    show: async (path, counter) => {
      const told = [];
      await send("message", { data: { keep: [path], counter }, source: { postMessage: (data) => told.push(structuredClone(data)) } });
      return told;
    },
    /** The path to which starting from the icon, or sharing with the app, leads. */
    launch: async (path) => {
      let answer = null;
      listeners.fetch({
        ...{ request: { url: ORIGIN + path, mode: "navigate", method: "GET" }, waitUntil: () => {} },
        respondWith: (given) => (answer = given),
      });
      return (await answer).headers.get("location").replace(ORIGIN, "");
    },
    navigate: (path, method) => request(path, "navigate", method),
    load: (path) => request(path, "no-cors"),
  };
};
