/* After signing in, nobody is led to another site. */
import assert from "node:assert/strict";
import test from "node:test";
import { urlHere } from "../../clickcounter/components/account/previous_page.js";

const ORIGIN = "https://counter.example";
const FIRST_PAGE = `${ORIGIN}/`;

test("a page of this site is gone back to", () => {
  for (const path of ["/", "/c/coffee", "/c/%D0%BA%D0%BE%D1%84%D0%B5?join=1", "/admin/", "/c/a#b"]) {
    assert.equal(urlHere(path, ORIGIN), ORIGIN + path);
  }
  assert.equal(urlHere(null, ORIGIN), FIRST_PAGE);
});

test("a link to another site leads to the first page", () => {
  const slashes = ["//", "/\t/", "/\n/", "/\r\\", "\t//", "/\\", "\\\\", "\\/", "///", " //"];
  const others = ["https://", "https://counter.example@", "https://counter.example.", "blob:https://"];
  for (const start of [...slashes, ...others]) assert.equal(urlHere(`${start}evil.example`, ORIGIN), FIRST_PAGE, start);
  const schemes = ["javascript:alert(1)", "data:text/html,x", "blob:https://counter.example/1", "http://["];
  const neighbours = ["http://counter.example/", "https://counter.example:8/"];
  for (const other of [...schemes, ...neighbours]) assert.equal(urlHere(other, ORIGIN), FIRST_PAGE, other);
});

test("a path of two slashes stays on this site", () => {
  assert.equal(new URL(urlHere("/.//evil.example", ORIGIN)).origin, ORIGIN);
  assert.equal(new URL(urlHere("/..//evil.example", ORIGIN)).origin, ORIGIN);
});

test("an app below a path leads back below it, and never out of it", () => {
  for (const path of ["/", "/c/coffee", "/admin/"]) assert.equal(urlHere(path, ORIGIN, "/counter"), `${ORIGIN}/counter${path}`);
  for (const path of [null, "https://evil.example", "//evil.example"]) {
    assert.equal(urlHere(path, ORIGIN, "/counter"), `${ORIGIN}/counter/`);
  }
  assert.equal(urlHere("/../../x", ORIGIN, "/counter"), `${ORIGIN}/counter/x`);
});
