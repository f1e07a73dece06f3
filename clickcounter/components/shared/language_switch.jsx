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

/** `place` tells two switches on one page apart. Each language is named in itself, and CSS would hide plain "en" and "ru". */
export const LanguageSwitch = ({ place }) => (
  <button type="button" className="btn" data-testid={place ? `language-${place}` : "language"} onClick={toggle}>
    <span lang="ru">
      <span aria-hidden="true">EN</span>
      <span className="sr" lang="en-GB">
        English
      </span>
    </span>
    <span lang="en">
      <span aria-hidden="true">RU</span>
      <span className="sr" lang="ru-RU">
        Русский
      </span>
    </span>
  </button>
);
