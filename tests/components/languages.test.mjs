/* Texts of the languages that have files of their own, and the formats of a browser's region. */
import assert from "node:assert/strict";
import test from "node:test";

const root = { lang: "es", dataset: {} };
globalThis.document = { documentElement: root, querySelector: () => null };
globalThis.requestAnimationFrame = (draw) => setTimeout(draw);
const stored = {};
globalThis.localStorage = {
  getItem: (name) => stored[name] ?? null,
  setItem: (name, text) => (stored[name] = text),
  removeItem: (name) => delete stored[name],
};
Object.defineProperty(globalThis, "navigator", { value: { languages: ["fr-CH", "en-GB", "es-MX"] } });

const SOURCE = "../../clickcounter/components/";
const { load, locale, store, translate } = await import(`${SOURCE}language/languages.js`);
const { choose, keep, kept } = await import(`${SOURCE}language/choice.js`);
const { firstWeekday, inWeekOrder } = await import(`${SOURCE}language/weeks.js`);
const { formatTime, usualHours } = await import(`${SOURCE}shared/dates.js`);

const text = (en, more) => ({ en, ru: "?", ...more });
const counted = (n) => text("{n} watching", { source: "{n} watching", n });

test("a text is found by its English one, and by its context", async () => {
  assert.equal(root.dataset.untranslated, ""); // English texts stay hidden
  await load("es");
  assert.equal(translate(text("Press me!")), "¡Púlsame!");
  assert.equal(translate(text("Add", { context: "an amount" })), "Sumar");
  assert.equal(translate(text("Add")), "Añadir");
  assert.equal(translate(text("from the server", { es: "del servidor" })), "del servidor");
});

test("the plural form is that of the language", async () => {
  await choose("de");
  assert.deepEqual(
    [0, 1, 2, 1_000_000].map((n) => translate(counted(n))),
    ["{n} schauen zu", "{n} schaut zu", "{n} schauen zu", "{n} schauen zu"],
  );
});

test("other texts are loaded when one is asked for, and drawn then", async () => {
  let drawn = 0;
  const [subscribe] = store;
  const stop = subscribe(() => drawn++);
  assert.equal(translate(text("Sounds and vibration")), undefined);
  assert.equal(root.dataset.untranslated, "");
  await load("de");
  assert.ok(drawn > 0);
  assert.equal(translate(text("Sounds and vibration")), "Töne und Vibration");
  assert.equal(translate(text("What no file has")), undefined);
  await new Promise((done) => setTimeout(done, 5));
  assert.equal("untranslated" in root.dataset, false); // what no file has is shown in English
  stop();
});

test("a chosen language is remembered, and English needs no file", async () => {
  assert.equal(await choose("en"), true);
  assert.equal(stored["clickcounter.lang"], "en");
  assert.equal(translate(text("Press me!")), undefined);
});

test("formats are those of the browser's region, or chosen", async () => {
  await choose("en");
  assert.deepEqual([locale(), firstWeekday(), usualHours()], ["en-GB", 1, 24]);
  const afternoon = new Date(2026, 0, 1, 15, 5).getTime();
  assert.equal(formatTime(afternoon), "15:05");
  keep("clock", "12");
  assert.match(formatTime(afternoon), /^3:05.pm$/);
  keep("week", "7");
  assert.deepEqual(inWeekOrder(["mo", "tu", "we", "th", "fr", "sa", "su"]).slice(0, 2), ["su", "mo"]);
  keep("week", null);
  await choose("es");
  assert.deepEqual([locale(), firstWeekday(), kept("week")], ["es-MX", 7, null]);
  keep("clock", "24");
  assert.equal(formatTime(afternoon), "15:05");
});
