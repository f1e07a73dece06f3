/* The page's language and formats, and the texts of the languages that have files of their own.
 *
 * The page itself holds English and Russian. The head script has set html[lang] before the first paint, and for any other
 * language html[data-untranslated], which hides English texts until the language's file is here: see FIRST_PAINT in
 * components/app/head.py. Each such language has two files: the texts of a first visit, and all others, which are loaded when
 * one of them is first asked for.
 */
import { FILES } from "../translations/files.js";

const root = globalThis.document?.documentElement;
const listeners = new Set();
export const tables = {}; // by language: { texts, files: those that are not loaded yet, loading, failed }
let version = 0; // grows when texts have come, and when the language or a format has changed

export const language = () => root?.lang || "en";

/** The language as the person's browser has it, with its region, whose formats are used: "en-GB" for "en". */
export const locale = (lang = language()) =>
  globalThis.navigator?.languages?.find((tag) => tag.split("-")[0] === lang) ?? lang;

const subscribe = (listener) => {
  listeners.add(listener);
  if ("untranslated" in root.dataset) requestAnimationFrame(reveal); // React calls this once the page is its own
  return () => listeners.delete(listener);
};

/** For useSyncExternalStore. While React takes over the page that the server drew, it is 0. */
export const store = [subscribe, () => version, () => 0];

const reveal = () => {
  if (listeners.size && !tables[language()]?.loading) delete root.dataset.untranslated;
};

/** The language or a format has changed, or texts have come. */
export const changed = () => {
  version++;
  listeners.forEach((listener) => listener());
  requestAnimationFrame(reveal);
};

/** Load the next file of a language, if there is one. */
export const load = async (lang) => {
  const table = (tables[lang] ??= { texts: {}, files: [...FILES[lang]] });
  const [file] = table.files;
  if (!file) return;
  if (lang === language()) root.dataset.untranslated = "";
  table.failed = false;
  await (table.loading ??= file()
    .then(
      (module) => {
        Object.assign(table.texts, module.default);
        table.files.shift();
      },
      () => (table.failed = true), // English texts stand in
    )
    .then(() => {
      table.loading = null;
      changed();
    }));
};

/** Load what the page has not asked for yet, so that it is there without a connection. */
export const loadAll = () => FILES[language()] && load(language());

/** The text in the page's language, or undefined where that is English or Russian, or lacks it. A text from the server
 * brings all languages; any other is found by its English one. */
export const translate = (text) => {
  const lang = language();
  if (!FILES[lang]) return undefined;
  const { en, context, source = en, n } = text;
  const table = tables[lang];
  const found = text[lang] ?? table?.texts[context ? `${context}\u0004${source}` : source];
  if (found === undefined && !table?.failed) load(lang);
  return typeof found === "object" ? (found[new Intl.PluralRules(lang).select(n)] ?? found.other) : found;
};

if (root && FILES[language()]) load(language());
globalThis.addEventListener?.("online", () => tables[language()]?.failed && load(language()));
