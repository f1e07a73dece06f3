/* The language and the theme that this browser chose on the other pages, before the first paint. */
const root = document.documentElement;
const stored = (name) => {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // a forbidden storage only forgets the choice
  }
};

if (["ru", "en"].includes(stored("clickcounter.lang"))) root.lang = stored("clickcounter.lang");
const dark = matchMedia("(prefers-color-scheme: dark)").matches;
if (stored("theme") === "dark" || (stored("theme") !== "light" && dark)) root.classList.add("dark");

addEventListener("click", (event) => {
  if (!event.target.closest("[data-testid=language]")) return;
  root.lang = root.lang === "ru" ? "en" : "ru";
  try {
    localStorage.setItem("clickcounter.lang", root.lang);
  } catch {
    // as above
  }
});
