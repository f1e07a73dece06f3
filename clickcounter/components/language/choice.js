/* What this browser has chosen: its language, the first day of its weeks, and 12 or 24 hours. */
import { FILES } from "../translations/files.js";
import { changed, load, tables } from "./languages.js";

const chosen = {}; // where storage is blocked, a choice lasts until the page is closed

/** What was chosen: "lang", "week" or "clock"; null if nothing. */
export const kept = (name) => {
  try {
    return localStorage.getItem(`clickcounter.${name}`) ?? chosen[name] ?? null;
  } catch {
    return chosen[name] ?? null;
  }
};

export const keep = (name, value) => {
  chosen[name] = value;
  try {
    if (value) localStorage.setItem(`clickcounter.${name}`, value);
    else localStorage.removeItem(`clickcounter.${name}`);
  } catch {
    // as above
  }
  changed();
};

const isLoaded = (lang) => !FILES[lang] || tables[lang]?.files.length < FILES[lang].length;

/** Speak another language, and remember it. Resolves to whether its file could be loaded. */
export const choose = async (lang) => {
  if (!isLoaded(lang)) await load(lang);
  if (!isLoaded(lang)) return false;
  document.documentElement.lang = lang;
  const manifest = document.querySelector("link[rel=manifest]");
  if (manifest) manifest.href = manifest.href.replace(/\w+\.json$/, `${lang}.json`);
  keep("lang", lang);
  return true;
};
