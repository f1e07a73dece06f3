/* What this device signals, and how: a section for a dialog. What is switched on is heard or felt at once. */
import { useSyncExternalStore } from "react";
import { T, TextsProvider, inLanguage, useTexts } from "../shared/i18n.jsx";
import { FEEDBACK_TEXTS } from "./constants.js";
import "./feedback.css";
import { KINDS, PACES, change, settings, subscribe } from "./settings.js";
import { signal } from "./signal.js";
import { say } from "./speech.js";

const SAMPLE = 42;

export const FeedbackSettings = () => {
  const { silent, speech, ...ways } = useSyncExternalStore(subscribe, settings);
  const choose = (fields, sample) => {
    change(fields);
    if (sample) signal(sample);
  };
  return (
    <TextsProvider value={{ ...useTexts(), ...FEEDBACK_TEXTS }}>
      <fieldset className="signals" data-testid="feedback">
        <legend>
          <T id="ways" />
        </legend>
        {Object.keys(ways).map((way) => (
          <Way key={way} way={way} checked={ways[way]} onChange={(on) => choose({ [way]: on }, on && "plus")} />
        ))}
        <Speech pace={speech} />
      </fieldset>
      <fieldset className="signals">
        <legend>
          <T id="kinds" />
        </legend>
        {KINDS.map((kind) => (
          <Check
            key={kind}
            name={`kind-${kind}`}
            checked={!silent.includes(kind)}
            onChange={(on) =>
              choose({ silent: on ? silent.filter((other) => other !== kind) : [...silent, kind] }, on && kind)
            }
          >
            <T id={`kind_${kind}`} />
          </Check>
        ))}
      </fieldset>
      <p className="quiet small">
        <T id="on_this_device" />
      </p>
    </TextsProvider>
  );
};

const Way = ({ way, ...check }) => {
  const unable = way === "vibration" && !navigator.vibrate;
  const first = way === (navigator.vibrate ? "vibration" : "sound");
  return (
    <Check name={way} first={first} disabled={unable} {...check}>
      <T id={way} />
      {unable && (
        <small className="quiet">
          {" · "}
          <T id="no_vibration" />
        </small>
      )}
    </Check>
  );
};

const Check = ({ name, first, checked, disabled, onChange, children }) => (
  <label className="check">
    <input
      type="checkbox"
      data-testid={`feedback-${name}`}
      data-first={first ? "" : undefined}
      checked={checked}
      disabled={disabled}
      onChange={(event) => onChange(event.target.checked)}
    />
    <span>{children}</span>
  </label>
);

const Speech = ({ pace }) => {
  const texts = useTexts();
  const name = (n) => texts[n === 0 ? "speech_never" : n === 1 ? "speech_each" : "speech_every"];
  const onChange = (event) => {
    const speech = Number(event.target.value);
    change({ speech });
    if (speech) say(SAMPLE);
  };
  if (!globalThis.speechSynthesis) return null;
  return (
    <label className="field">
      <span>
        <T id="speech" />
      </span>
      <span className="input">
        <select value={pace} onChange={onChange} data-testid="feedback-speech">
          {PACES.map((n) => (
            <option key={n} value={n}>
              {inLanguage(name(n)).replace("{n}", n)}
            </option>
          ))}
        </select>
      </span>
    </label>
  );
};
