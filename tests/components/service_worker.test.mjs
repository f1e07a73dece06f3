/* The service worker keeps the app's own pages and files, and touches nothing else. */
import assert from "node:assert/strict";
import test from "node:test";
import { serviceWorker } from "./service_worker.mjs";

const offline = () => {
  throw new TypeError("Failed to fetch");
};
const SHELL_FILE = "/__spa-fallback.html";
const PAGES = [
  ...["/", "/c/coffee", "/c/%D0%BA%D0%BE%D1%84%D0%B5", "/c/a/history", "/c/a/display"],
  ...["/counters", "/board", "/account", "/account/"],
];
const SERVERS = [
  ...["/export/counter.csv", "/export/counter.jsonl", "/healthz", "/readyz", "/admin", "/admin/", "/admin/people", "/import"],
  ...["/account/me", "/account/sign-in", "/c/a/qr.svg", "/_event", "/sw.js"],
];

test("only the app's own pages are shown without a connection", async () => {
  let network = (path) => `page ${path}`;
  const worker = serviceWorker((path) => network(path));
  for (const path of PAGES) assert.equal(await worker.navigate(path), `page ${path}`);
  for (const path of SERVERS) assert.equal(await worker.navigate(path), null, path);
  assert.equal(await worker.navigate("/c/coffee", "POST"), null);
  assert.deepEqual(worker.paths().sort(), PAGES.toSorted(), "and nothing else is kept");
  network = offline;
  for (const path of PAGES) assert.equal(await worker.navigate(path), `page ${path}`);
  assert.equal(await worker.navigate("/c/never-opened"), "page /", "the first page stands in");
  for (const path of SERVERS) assert.equal(await worker.navigate(path), null, path);
});

test("an answer that cannot be kept is shown all the same", async () => {
  const worker = serviceWorker((path) => `new ${path}`);
  worker.open("clickcounter-pages-1").set("https://counter.example/", new Response("old /"));
  for (const name of ["clickcounter-1", "clickcounter-pages-1"]) worker.open(name).full = true;
  assert.equal(await worker.navigate("/"), "new /");
  assert.equal(await worker.load("/assets/a.js"), "new /assets/a.js");
});

test("a refusal or a redirect is handed on, and never kept", async () => {
  const moved = Object.defineProperty(new Response("moved"), "redirected", { value: true });
  const worker = serviceWorker((path) => (path === "/counters" ? moved : new Response("no", { status: 502 })));
  assert.equal(await worker.navigate("/c/coffee"), "no");
  assert.equal(await worker.navigate("/counters"), "moved");
  assert.deepEqual(worker.paths(), []);
});

test("a thousand visited counters leave the files of the page", async () => {
  let network = (path) => (path === SHELL_FILE ? '<script src="/assets/entry.js">' : path);
  const worker = serviceWorker((path) => network(path));
  await worker.keep("/c/counter", "/assets/chunk.js", "/fonts/latin.woff2");
  for (let i = 0; i < 1000; i += 1) await worker.navigate(`/c/${i}`);
  assert.equal(worker.paths().filter((path) => path.startsWith("/c/")).length, 50);
  network = offline;
  for (const path of ["/assets/entry.js", "/assets/chunk.js", "/fonts/latin.woff2"]) assert.equal(await worker.load(path), path);
  assert.match(await worker.navigate("/c/7"), /entry/);
  assert.equal(await worker.navigate("/c/999"), "/c/999");
});

test("files of old versions go, but never those of an open page", async () => {
  const worker = serviceWorker((path) => path);
  await worker.keep("/c/counter", "/assets/shared.js");
  for (let i = 0; i < 300; i += 1) await worker.load(`/assets/old-${i}.js`);
  await worker.keep("/c/counter", "/assets/shared.js", "/assets/new.js");
  const kept = worker.paths();
  assert.ok(kept.includes("/assets/shared.js") && kept.includes("/assets/new.js"));
  assert.ok(!kept.includes("/assets/old-0.js") && kept.includes("/assets/old-299.js"));
  assert.equal(kept.filter((path) => path.includes("old-")).length, 200);
});

test("a part that is loaded later is kept by itself", async () => {
  const asked = [];
  const worker = serviceWorker((path) => (asked.push(path), path));
  await worker.keep("/assets/later.js");
  assert.deepEqual(worker.paths(), ["/assets/later.js"]);
  assert.deepEqual(asked, ["/assets/later.js"]);
});

test("what an earlier worker kept of exports is thrown away", async () => {
  const worker = serviceWorker(offline);
  for (const path of ["/", "/c/coffee", "/c/coffee?x=1", "/export/counter.csv", "/readyz", "/assets/a.js"]) {
    worker.open("clickcounter-1").set(`https://counter.example${path}`, new Response(path));
  }
  await worker.activate();
  assert.deepEqual(worker.paths().sort(), ["/", "/assets/a.js", "/c/coffee"]);
  assert.equal(await worker.navigate("/c/coffee"), "/c/coffee");
});

test("workers of two instances on one host keep out of each other's pages and caches", async () => {
  const stores = new Map();
  let network = (path) => `page ${path}`;
  const atRoot = serviceWorker((path) => network(path), "", stores);
  const below = serviceWorker((path) => network(path), "/counter", stores);
  for (const path of ["/counter/", "/counter/c/a", "/counter/counters"]) {
    assert.equal(await atRoot.navigate(path), null, path);
    assert.equal(await below.navigate(path), `page ${path}`);
  }
  for (const path of ["/", "/c/a", "/counters", "/counter"]) assert.equal(await below.navigate(path), null, path);
  assert.equal(await atRoot.navigate("/c/a"), "page /c/a");
  assert.equal(await below.load("/counter/assets/x.js"), "page /counter/assets/x.js");
  assert.equal(await below.load("/assets/x.js"), null);
  assert.equal(await atRoot.load("/counter/assets/x.js"), null);
  await atRoot.activate();
  network = offline;
  assert.equal(await below.navigate("/counter/c/never-opened"), "page /counter/", "its own first page stands in");
  assert.equal(await atRoot.navigate("/c/b").catch(() => "failed"), "failed", "and not that of another instance");
  assert.equal(await below.launch("/counter/?start=last"), "/counter/");
  assert.equal(await below.launch("/counter/?shared_text=tea"), "/counter/counters#find=tea");
});
