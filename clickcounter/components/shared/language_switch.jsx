/* Both languages are on the page; html[lang] says which one shows. The head script sets it before the first paint. */

const toggle = () => {
  const lang = document.documentElement.lang === "ru" ? "en" : "ru";
  document.documentElement.lang = lang;
  try {
    localStorage.setItem("clickcounter.lang", lang);
  } catch {
    // a forbidden storage only forgets the choice
  }
};

/** `place` tells one switch from another on the same page. */
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
