/* The number that a browser remembers for a visit without a connection. */
import assert from "node:assert/strict";
import test from "node:test";
import { readLastVisit, storeLastVisit } from "../../clickcounter/components/outbox/last_visit.js";

const stored = new Map();
globalThis.localStorage = { getItem: (key) => stored.get(key) ?? null, setItem: (key, text) => stored.set(key, text) };

test("an older number of another tab never replaces a newer one", () => {
  storeLastVisit("door", { value: 7, revision: 5, round: 1 }, { name: "Door" });
  storeLastVisit("door", { value: 4, revision: 3, round: 1 }, { name: "Door" });
  storeLastVisit("door", null, { name: "Door" });
  assert.equal(readLastVisit("door").value, 7);
  storeLastVisit("door", { value: 7, revision: 5, round: 1 }, { name: "North door" });
  assert.equal(readLastVisit("door").about.name, "North door");
});

test("what somebody else stored there is replaced", () => {
  stored.set("clickcounter.last.door", "no number");
  assert.equal(readLastVisit("door"), null);
  storeLastVisit("door", { value: 1, revision: 1, round: 1 }, null);
  assert.equal(readLastVisit("door").value, 1);
});
