/* The language of this browser, the first day of its weeks, and whether its days have 12 or 24 hours. All take effect at once. */
import { useState } from "react";
import { formatTime, formatWeekday, usualHours } from "../shared/dates.js";
import { Bilingual, inLanguage, useFormats } from "../shared/i18n.jsx";
import { Modal } from "../shared/modal.jsx";
import { choose, keep, kept } from "./choice.js";
import { LANGUAGE_NAMES, LANGUAGE_TEXTS as TEXTS } from "./constants.js";
import { language } from "./languages.js";
import { firstWeekday, usualFirstWeekday } from "./weeks.js";

const WEEK_STARTS = [1, 6, 7]; // the days on which weeks start anywhere; Monday is 1
const HOURS = [12, 24];
const AFTERNOON = new Date(2026, 0, 1, 15).getTime();

export default function LanguageDialog({ close }) {
  useFormats();
  return (
    <Modal
      name="language"
      title={<Bilingual text={TEXTS.language} />}
      onClose={close}
      onSubmit={() => ({})}
      actions={
        <button type="submit" className="btn prime" data-testid="close">
          <Bilingual text={TEXTS.close} />
        </button>
      }
    >
      <Languages />
      <Choice name="week" usual={formatWeekday(usualFirstWeekday())}>
        {WEEK_STARTS.map((day) => [day, formatWeekday(day)])}
      </Choice>
      <Choice name="clock" usual={formatTime(AFTERNOON, usualHours())}>
        {HOURS.map((hours) => [hours, inLanguage(TEXTS[`clock_${hours}`]).replace("{time}", formatTime(AFTERNOON, hours))])}
      </Choice>
      <p className="quiet small">
        <Bilingual text={TEXTS.on_this_device} />
      </p>
    </Modal>
  );
}

/** Each language is named in itself. CSS would hide plain "en" and "ru", so their names say a region, too. */
const Languages = () => {
  const [failed, setFailed] = useState(false);
  const onChange = async ({ target }) => setFailed(!(await choose(target.value)));
  return (
    <fieldset className="choice">
      <legend className="field">
        <Bilingual text={TEXTS.language_field} />
      </legend>
      {Object.entries(LANGUAGE_NAMES).map(([lang, name]) => (
        <label key={lang} className="check">
          <input
            type="radio"
            name="language"
            value={lang}
            checked={lang === language()}
            data-first={lang === language() ? "" : undefined}
            data-testid={`language-${lang}`}
            onChange={onChange}
          />
          <span lang={new Intl.Locale(lang).maximize().baseName}>{name}</span>
        </label>
      ))}
      {failed && (
        <p className="bad small" role="alert">
          <Bilingual text={TEXTS.language_failed} />
        </p>
      )}
    </fieldset>
  );
};

/** A format: the usual one of the language and region, or another. */
const Choice = ({ name, usual, children }) => {
  return (
    <label className="field">
      <span>
        <Bilingual text={TEXTS[name]} />
      </span>
      <span className="input">
        <select value={kept(name) ?? ""} data-testid={`format-${name}`} onChange={({ target }) => keep(name, target.value)}>
          <option value="">{inLanguage(TEXTS.usual).replace("{what}", usual)}</option>
          {children.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </span>
    </label>
  );
};
