/* Undo and minus, quiet, on both sides of the sun or in its corner. */
import { T, canUndo, minus, undo, useCounter, useView } from "./counter_tab.jsx";
import { takes } from "./way.js";
import { ICONS, Icon, grouped } from "./words.jsx";

export const Wings = () => {
  const counter = useCounter();
  const view = useView();
  const step = view.about?.step ?? 1;
  const undoable = canUndo(view);
  return (
    <>
      <button
        type="button"
        className="btn wing undo"
        data-testid="undo"
        aria-disabled={!undoable}
        title="U"
        onClick={() => undo(counter)}
      >
        <Icon d={ICONS.undo} />
        <span className="label">
          <T of="undo" />
        </span>
      </button>
      <button
        type="button"
        className="btn icon wing minus"
        data-testid="minus"
        aria-disabled={!takes(view, -step)}
        title={`−${grouped(step)}`}
        onClick={() => minus(counter)}
      >
        <Icon d={ICONS.minus} />
        <span className="sr">
          <T of="minus" n={step} />
        </span>
      </button>
    </>
  );
};
