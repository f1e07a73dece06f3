/* Undo and minus: quiet buttons beside the sun, or in its corner. */
import { canPress } from "../outbox/press_rules.js";
import { T, useFormats } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { formatNumber } from "../shared/numbers.js";
import { canUndo, pressMinus, undo, useCounter, useView } from "./counter_provider.jsx";

export const SideButtons = () => {
  useFormats();
  const counter = useCounter();
  const view = useView();
  const step = view.about?.step ?? 1;
  if (view.about?.group) return null;
  return (
    <>
      <button
        type="button"
        className="btn wing undo"
        data-testid="undo"
        aria-disabled={!canUndo(view)}
        title="U"
        onClick={() => undo(counter)}
      >
        <Icon name="undo" />
        <span className="label">
          <T id="undo" />
        </span>
      </button>
      <button
        type="button"
        className="btn icon wing minus"
        data-testid="minus"
        aria-disabled={!canPress(view, -step)}
        title={`−${formatNumber(step)}`}
        onClick={() => pressMinus(counter)}
      >
        <Icon name="minus" />
        <span className="sr">
          <T id="minus" n={step} />
        </span>
      </button>
    </>
  );
};
