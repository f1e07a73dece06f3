/* Asks once, and quietly, what stands beside this browser's clicks: where others look on too, after the first press. */
import { useState } from "react";
import { T, useView } from "./counter_tab.jsx";
import { showDialog } from "./upkeep.jsx";
import { ICONS, Icon } from "./words.jsx";

const ASKED = "clickcounter.label-asked";

const wasAsked = () => {
  try {
    return !!localStorage.getItem(ASKED);
  } catch {
    return true; // it would be asked again and again
  }
};

const noMore = () => {
  try {
    localStorage.setItem(ASKED, "1");
  } catch {
    // then it was never asked
  }
};

export const useLabelQuestion = () => {
  const { device, lookers, mine } = useView();
  return device.label === "" && lookers > 1 && mine !== null && (mine.up > 0 || mine.down < 0) && !wasAsked();
};

export const LabelQuestion = () => {
  const [gone, go] = useState(false);
  if (gone) return null;
  const answer = () => {
    noMore();
    go(true);
  };
  return (
    <div className="row-x" data-testid="label-question">
      <button type="button" className="btn edge" onClick={() => showDialog("label", answer)}>
        <Icon d={ICONS.tag} />
        <T of="label_question" />
      </button>
      <button type="button" className="btn icon" data-testid="label-never" onClick={answer}>
        <Icon d={ICONS.x} />
        <span className="sr">
          <T of="not_now" />
        </span>
      </button>
    </div>
  );
};
