/* How often a screen reader is told of others' presses: a field for a dialog. */
import { useState } from "react";
import "../feedback/feedback.css";
import { Bilingual, inLanguage, useFormats } from "../shared/i18n.jsx";
import { ANNOUNCEMENT_TEXTS } from "./constants.js";
import { PACES, pace, setPace } from "./pace.js";

const nameOf = (seconds) => inLanguage(ANNOUNCEMENT_TEXTS[seconds ? "every" : "never"]).replace("{n}", seconds);

export const PaceField = () => {
  const [chosen, setChosen] = useState(pace);
  useFormats();
  const onChange = (event) => {
    setPace(Number(event.target.value));
    setChosen(pace());
  };
  return (
    <label className="field signals">
      <span>
        <Bilingual text={ANNOUNCEMENT_TEXTS.pace} />
      </span>
      <span className="input">
        <select value={chosen} onChange={onChange} data-testid="announcements">
          {PACES.map((seconds) => (
            <option key={seconds} value={seconds}>
              {nameOf(seconds)}
            </option>
          ))}
        </select>
      </span>
    </label>
  );
};
