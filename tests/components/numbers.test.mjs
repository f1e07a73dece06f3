/* Numbers as people read and write them. */
import assert from "node:assert/strict";
import test from "node:test";
import { formatNumber, formatSigned, parseWholeNumber } from "../../clickcounter/components/shared/numbers.js";

const read = (texts) => texts.map(parseWholeNumber);

test("whole numbers are read as people write them", () => {
  assert.deepEqual(read(["5", "+25", "−25", "-25", "− 5", " 25 ", "007", "0"]), [5, 25, -25, -25, -5, 25, 7, 0]);
  const thousands = ["1000", "1 000", "1\u00a0000", "1\u202f000", "1,000", "1.000", "1'000", "1’000", "1_000"];
  assert.deepEqual(new Set(read(thousands)), new Set([1000]));
  assert.deepEqual(read(["1 234 567", "−1.234.567", "12,345,678"]), [1234567, -1234567, 12345678]);
  assert.deepEqual(read(["", " ", "\u00a0"]), [null, null, null]);
});

test("a number is a thousand only where its separators say so", () => {
  const fractions = ["1.5", "2,5", "12.50", "0.125", "-0,500", "1.0000", "1000.000", "1,000.5", "1,000.000", "1 000,000"];
  const groups = ["1,00,000", "1.", ".5", "1,,000", "1  000", "1,000,"];
  const others = ["−", "--5", "+-5", "1e3", "0x10", "a few", "12345678901234567"];
  for (const text of [...fractions, ...groups, ...others]) assert.equal(parseWholeNumber(text), NaN, text);
});

test("what is shown can be typed", () => {
  for (const n of [0, 7, -999, 1000, -1234567, Number.MAX_SAFE_INTEGER]) {
    assert.equal(parseWholeNumber(formatNumber(n)), n);
    assert.equal(parseWholeNumber(formatSigned(n)), n);
  }
});

test("numbers are grouped as their language does, with a real minus", () => {
  assert.equal(formatNumber(-1234567, "en"), "−1,234,567");
  assert.equal(formatNumber(-1234567, "ru"), "−1\u00a0234\u00a0567");
  assert.deepEqual([1234, 12345].map((n) => formatNumber(n, "de")), ["1.234", "12.345"]);
  assert.deepEqual([1234, 12345].map((n) => formatNumber(n, "es")), ["1234", "12.345"]);
  assert.equal(formatNumber(-0), "0");
  assert.equal(formatSigned(25), "+25");
  assert.equal(formatSigned(0), "0");
});
