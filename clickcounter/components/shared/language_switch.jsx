/* Both languages are on the page; html[lang] selects the one that shows. The head script sets it before the first paint. */

const toggle = () => {
  const lang = document.documentElement.lang === "ru" ? "en" : "ru";
  document.documentElement.lang = lang;
  const manifest = document.querySelector("link[rel=manifest]");
  if (manifest) manifest.href = `/app/${lang}.json`;
  try {
    localStorage.setItem("clickcounter.lang", lang);
  } catch {
    // storage is blocked: the choice lasts until the page is closed
  }
};

/** `place` tells two switches on one page apart. */
export const LanguageSwitch = ({ place }) => (
  <button type="button" className="btn" data-testid={place ? `language-${place}` : "language"} onClick={toggle}>
    <span lang="ru">
      <span aria-hidden="true">EN</span>
      <span className="sr" lang="en">
        English
      </span>
    </span>
    <span lang="en">
      <span aria-hidden="true">RU</span>
      <span className="sr" lang="ru">
        Русский
      </span>
    </span>
  </button>
);
