/* How a file is read: what is asked, and what was guessed and can be changed. Each change shows the file anew. */
import { useId } from "react";
import { Bilingual, T, inLanguage } from "../shared/i18n.jsx";
import { IMPORT_CHOICES, IMPORT_SETTINGS } from "./constants.js";

const SKIP = "skip"; // see plan.py
const ANY = "*"; // column

/** Whether the file has lines that cannot be read, and nobody has decided to leave them out. */
export const isRefused = ({ plan, left_out: leftOut }) => leftOut.unreadable > 0 && plan?.unreadable !== SKIP;

const nameOf = (setting) => IMPORT_SETTINGS[setting] ?? { en: setting, ru: setting };

/** A choice in words, or as the file writes it. */
const choiceText = (setting, { value, example }) => {
  const known = IMPORT_CHOICES[setting]?.[value];
  return known ?? { en: example || value, ru: example || value };
};

/** An answer in words of its own, where the question has such. */
const answerText = (setting, choice) =>
  IMPORT_CHOICES[`${setting}_asked`]?.[choice.value && ANY] ?? choiceText(setting, choice);

/** What the file leaves open, or left open before it was answered. */
export const Questions = ({ questions, answers, choose }) =>
  questions.map(({ setting, choices }) => (
    <div key={setting} className="asked" data-answered={setting in answers}>
      <fieldset className="choice" data-testid={`question-${setting}`}>
        <legend>
          <Bilingual text={IMPORT_SETTINGS[`${setting}_asked`] ?? nameOf(setting)} />
        </legend>
        {choices.map((choice) => (
          <label key={choice.value} className="check">
            <input
              type="radio"
              name={setting}
              value={choice.value}
              checked={answers[setting] === choice.value}
              data-testid={`answer-${choice.value}`}
              onChange={() => choose(setting, choice.value)}
            />
            <span>
              <Bilingual text={answerText(setting, choice)} />
              {choice.example && (
                <span className="quiet small example">
                  <T id={choice.rows ? "import_example_rows" : "import_example"} example={choice.example} n={choice.rows} />
                </span>
              )}
            </span>
          </label>
        ))}
      </fieldset>
    </div>
  ));

/** Lines that cannot be read refuse the file, or are left out. */
export const Unreadable = ({ preview, answers, choose }) => {
  const { plan, left_out: leftOut } = preview;
  if (!leftOut.unreadable) return null;
  const skipped = (answers.unreadable ?? plan.unreadable) === SKIP;
  return (
    <label className="check asked" data-answered={skipped} data-testid="unreadable">
      <input
        type="checkbox"
        checked={skipped}
        onChange={({ target }) => choose("unreadable", target.checked ? SKIP : "refuse")}
      />
      <span>
        <T id="import_skip" n={leftOut.unreadable} />
      </span>
    </label>
  );
};

/** Where rows go that name no counter. */
export const CounterField = ({ value, onChange, onDone, counters }) => {
  const id = useId();
  return (
    <label className="field">
      <T id="import_into" />
      <span className="input">
        <input
          name="counter"
          value={value}
          list={id}
          dir="ltr"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck="false"
          required
          data-testid="import-counter"
          onChange={({ target }) => onChange(target.value)}
          onBlur={onDone}
        />
      </span>
      <datalist id={id}>
        {counters.map(({ slug, name }) => (
          <option key={slug} value={slug}>
            {name}
          </option>
        ))}
      </datalist>
    </label>
  );
};

/** What was guessed: columns first, as far as IMPORT_SETTINGS names them. */
export const Settings = ({ preview, answers, choose }) => {
  const settings = preview.settings.filter(({ setting, choices }) => setting in IMPORT_SETTINGS && choices.length > 1);
  if (!settings.length) return null;
  const names = Object.keys(IMPORT_SETTINGS);
  settings.sort((one, other) => names.indexOf(one.setting) - names.indexOf(other.setting));
  return (
    <details data-testid="settings">
      <summary>
        <T id="import_settings" />
      </summary>
      <div className="pair">
        {settings.map(({ setting, choices, value = currentOf(preview.plan, setting) }) => (
          <label key={setting} className="field">
            <Bilingual text={nameOf(setting)} />
            <select
              className="input"
              value={answers[setting] ?? value}
              data-testid={`setting-${setting}`}
              onChange={({ target }) => choose(setting, target.value)}
            >
              {choices.map((choice) => (
                <option key={choice.value} value={choice.value}>
                  {inLanguage(choiceText(setting, choice))}
                </option>
              ))}
            </select>
          </label>
        ))}
      </div>
    </details>
  );
};

/** The plan's value of a setting, as a choice writes it: a column's number, from 1; "" for none. */
const currentOf = (plan, setting) => {
  if (setting in plan && typeof plan[setting] !== "object") return String(plan[setting]);
  return setting in plan.columns ? String(plan.columns[setting] + 1) : "";
};
