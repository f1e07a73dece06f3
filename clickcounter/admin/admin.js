/* The language and the theme that this browser chose on the other pages, before the first paint. */
const root = document.documentElement;
const stored = (name) => {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // a forbidden storage only forgets the choice
  }
};

const dark = matchMedia("(prefers-color-scheme: dark)").matches;
if (stored("theme") === "dark" || (stored("theme") !== "light" && dark)) root.classList.add("dark");

const LANGUAGE = "clickcounter.lang";
const switches = () => document.querySelectorAll("[data-testid=language]");

/* Only a language that there is: the others are not in the page's choice. */
const speak = (lang) => {
  root.lang = lang;
  switches().forEach((select) => (select.value = lang));
};

root.lang = stored(LANGUAGE) ?? root.lang;
addEventListener("DOMContentLoaded", () => {
  const known = [...switches()].some((select) => [...select.options].some(({ value }) => value === root.lang));
  speak(known ? root.lang : "en");
});
addEventListener("change", ({ target }) => {
  if (!target.matches("[data-testid=language]")) return;
  speak(target.value);
  try {
    localStorage.setItem(LANGUAGE, target.value);
  } catch {
    // as above
  }
});
