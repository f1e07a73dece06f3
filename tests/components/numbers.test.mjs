/* Numbers as people read and write them. */
import assert from "node:assert/strict";
import test from "node:test";
import { formatNumber, formatSigned, parseWholeNumber } from "../../clickcounter/components/shared/numbers.js";

test("whole numbers are read as people write them", () => {
  assert.equal(parseWholeNumber("1 234 567"), 1234567);
  assert.equal(parseWholeNumber("−25"), -25);
  assert.equal(parseWholeNumber("+25"), 25);
  assert.equal(parseWholeNumber(" "), null);
  assert.equal(parseWholeNumber("a few"), NaN);
});

test("numbers are grouped by three, with a real minus", () => {
  assert.equal(formatNumber(-1234567), "−1\u00a0234\u00a0567");
  assert.equal(formatSigned(25), "+25");
  assert.equal(formatSigned(0), "0");
});
