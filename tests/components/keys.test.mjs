/* What is tried again because no answer came keeps its key; a new wish gets a new one. */
import assert from "node:assert/strict";
import test from "node:test";
import { once } from "../../clickcounter/components/shared/keys.js";

const keys = [];
const answered = (error) => (key) => {
  keys.push(key);
  return Promise.resolve({ error });
};

test("the same request keeps its key until it is decided", async () => {
  const tea = ["make", { name: "Tea" }];
  for (const error of ["later", "not_now", "offline", null]) await once(tea, answered(error));
  assert.match(keys[0], /^[0-9a-f]{32}$/);
  assert.deepEqual(new Set(keys.splice(0)).size, 1);
  await once(tea, answered("account_taken"));
  await once(tea, answered(null));
  assert.equal(new Set(keys.splice(0)).size, 2);
});

test("another request never shares a key", async () => {
  await once(["make", { name: "Tea" }], answered("later"));
  await once(["make", { name: "Coffee" }], answered("later"));
  await once(["make", { name: "Tea" }], answered("later"));
  assert.deepEqual([keys[0] === keys[1], keys[0] === keys[2]], [false, true]);
  keys.length = 0;
});

test("a request that fails on the way keeps its key", async () => {
  const send = (key) => {
    keys.push(key);
    throw new Error("no network");
  };
  await assert.rejects(once(["register"], send));
  await once(["register"], answered(null));
  assert.equal(keys[0], keys[1]);
});
