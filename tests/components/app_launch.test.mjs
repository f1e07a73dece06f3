/* Starting the installed app, sharing with it, and its next version: assets/sw.js decides on the device, without a network. */
import assert from "node:assert/strict";
import test from "node:test";
import { serviceWorker } from "./service_worker.mjs";

const offline = () => {
  throw new TypeError("Failed to fetch");
};
const SHELL = '<link href="/assets/manifest-1.js"><script src="/assets/entry-1.js">';
const SITE = {
  "/": SHELL,
  "/__spa-fallback.html": SHELL,
  "/assets/manifest-1.js": '{"a":"/assets/entry-1.js","b":"/assets/history-1.js"}',
  "/assets/entry-1.js": "entry 1",
  "/assets/history-1.js": "history 1",
};
const served = (site) => (path) => site[path] ?? new Response("no", { status: 404 });

test("the icon starts the counter that was opened last", async () => {
  const worker = serviceWorker(served(SITE));
  assert.equal(await worker.launch("/?start=last"), "/");
  assert.equal(await worker.launch("/?start=previous"), "/counters");
  await worker.show("/", "counter");
  assert.equal(await worker.launch("/?start=last"), "/");
  await worker.show("/c/door", "door");
  assert.equal(await worker.launch("/?start=last"), "/c/door");
  assert.equal(await worker.launch("/?start=previous"), "/");
  await worker.show("/c/counter", "counter");
  assert.equal(await worker.launch("/?start=last"), "/c/counter");
  assert.equal(await worker.launch("/?start=previous"), "/c/door", "one counter at two addresses is one");
});

test("a counter opened again without a connection is the last one", async () => {
  let network = served(SITE);
  const worker = serviceWorker((path) => network(path));
  for (const name of ["a", "b"]) await worker.show(`/c/${name}`, name);
  network = offline;
  for (const path of ["/c/a", "/c/never-shown"]) await worker.navigate(path);
  assert.equal(await worker.launch("/?start=last"), "/c/a");
  assert.equal(await worker.launch("/?start=previous"), "/c/b");
});

test("a counter that is gone is never started again", async () => {
  const worker = serviceWorker(served(SITE));
  for (const name of ["a", "b"]) await worker.show(`/c/${name}`, name);
  await worker.show("/c/b", null);
  assert.equal(await worker.launch("/?start=last"), "/c/a");
  for (const path of ["/c/a/display", "/c/a/history", "/counters"]) await worker.show(path, "x");
  assert.equal(await worker.launch("/?start=last"), "/c/a", "other pages are not started");
});

const LINKS = [
  ["shared_url=https://counter.example/c/door", "/c/door"],
  ["shared_text=Count here: https://counter.example/c/door.", "/c/door"],
  ["shared_title=Door&shared_text=«https://counter.example/c/дверь»", "/c/%D0%B4%D0%B2%D0%B5%D1%80%D1%8C"],
  ["shared_text=https://counter.example/c/a%23invite=0123456789abcdefghi-_", "/c/a#invite=0123456789abcdefghi-_"],
  ["shared_text=https://news.example/ https://counter.example/c/a/history?from=0", "/c/a/history"],
  ["shared_url=https://counter.example/?start=last", "/"],
];
const OTHERS = [
  ["shared_text=Coffee", "/counters#find=Coffee"],
  ["shared_title=News&shared_url=https://news.example/c/door", "/counters#find=News"],
  ["shared_text=see https://counter.example.evil.example/c/a", "/counters#find=see"],
  ["shared_url=https://counter.example/export/a.csv", "/counters"],
  ["shared_url=javascript:alert(1)&shared_text=https://[", "/counters#find=javascript%3Aalert%281%29"],
  [`shared_text=${"x".repeat(5000)}`, `/counters#find=${"x".repeat(100)}`],
  ["shared_title=&shared_text=", "/counters"],
];

test("a shared link opens its counter, other words search the list", async () => {
  const worker = serviceWorker(() => assert.fail("what is shared stays on the device"));
  for (const [query, path] of [...LINKS, ...OTHERS]) assert.equal(await worker.launch(`/?${query}`), path, query);
});

test("every page opens offline once one was shown", async () => {
  let network = served(SITE);
  const worker = serviceWorker((path) => network(path));
  await worker.show("/c/door", "door");
  network = offline;
  assert.equal(await worker.navigate("/c/door/history"), SHELL);
  assert.equal(await worker.load("/assets/history-1.js"), "history 1");
});

test("a new version is offered when all its files are here", async () => {
  let network = served(SITE);
  const worker = serviceWorker((path) => network(path));
  const files = ["/assets/manifest-1.js", "/assets/entry-1.js", "/assets/history-1.js"];
  assert.deepEqual(await worker.show("/", "counter"), [{ shell: files }]);
  const next = Object.entries(SITE).map(([path, text]) => [path.replace("-1", "-2"), text.replaceAll("-1", "-2")]);
  const site = Object.fromEntries(next);
  const copying = { ...site, "/assets/history-2.js": undefined }; // still on its way to the server
  network = served(copying);
  await assert.rejects(worker.show("/", "counter"));
  network = offline;
  assert.equal(await worker.navigate("/c/never-opened"), SHELL, "a page that lacks a file stands in for none");
  network = served(site);
  assert.deepEqual(await worker.show("/", "counter"), [{ shell: files.map((path) => path.replace("-1", "-2")) }]);
});

test("a version cut off halfway is not shown offline", async () => {
  let network = served(SITE);
  const worker = serviceWorker((path) => network(path));
  await worker.show("/c/door", "door");
  network = () => SHELL.replaceAll("-1", "-2");
  assert.equal(await worker.navigate("/c/door"), SHELL.replaceAll("-1", "-2"), "the new page came, and then nothing");
  network = offline;
  assert.equal(await worker.navigate("/c/door"), SHELL);
});
