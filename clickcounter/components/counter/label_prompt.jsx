/* Asks once for this browser's label: after its first press, if others are watching too. */
import { useState } from "react";
import { T } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { openDialog } from "./actions.js";
import { useView } from "./counter_provider.jsx";

const STORAGE_KEY = "clickcounter.label-asked";

const wasAsked = () => {
  try {
    return !!localStorage.getItem(STORAGE_KEY);
  } catch {
    return true; // storage is blocked: it would ask again on every visit
  }
};

const rememberAsked = () => {
  try {
    localStorage.setItem(STORAGE_KEY, "1");
  } catch {
    // storage is blocked: it does not ask then, see wasAsked
  }
};

/** Whether to show it. */
export const useLabelPrompt = () => {
  const { device, watchers, ownTotals } = useView();
  const hasPressed = ownTotals !== null && (ownTotals.up > 0 || ownTotals.down < 0);
  return device.label === "" && watchers > 1 && hasPressed && !wasAsked();
};

export const LabelPrompt = () => {
  const [answered, setAnswered] = useState(false);
  if (answered) return null;
  const onAnswer = () => {
    rememberAsked();
    setAnswered(true);
  };
  return (
    <div className="row-x" data-testid="label-question">
      <button type="button" className="btn edge" onClick={() => openDialog("label", { onDone: onAnswer })}>
        <Icon name="tag" />
        <T id="label_question" />
      </button>
      <button type="button" className="btn icon" data-testid="label-never" onClick={onAnswer}>
        <Icon name="x" />
        <span className="sr">
          <T id="no_thanks" />
        </span>
      </button>
    </div>
  );
};
