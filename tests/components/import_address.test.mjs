/* Where rows go that name no counter: the same file, downloaded again, must not begin another counter. */
import assert from "node:assert/strict";
import test from "node:test";
import { addressFor } from "../../clickcounter/components/importing/address.js";

test("a file's next download goes to the same counter", () => {
  const downloads = ["Log.csv", "log (1).csv", "log-2026-11-25.csv", "log_20261125T1705.xlsx", "LOG 25.11.2026.tsv"];
  for (const name of downloads) assert.equal(addressFor(name), "log", name);
});

test("an address holds only what addresses may", () => {
  assert.equal(addressFor("Überblick & more.v2.csv"), "uberblick-more-v2");
  assert.equal(addressFor(`${"x".repeat(39)} y.csv`), "x".repeat(39));
  for (const name of ["Посетители.csv", "2026.csv", "counters.csv", ".csv", ""]) assert.equal(addressFor(name), "counter", name);
});
