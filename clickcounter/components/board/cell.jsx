/* One counter of a board: nearly all of it is the button that adds, as wide as a thumb finds without looking. */
import { Link } from "react-router";
import { isUnavailable, canPress, mayPress } from "../outbox/press_rules.js";
import { Bilingual, T, useFormats, useTexts } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { formatNumber, formatSigned, groupsOf } from "../shared/numbers.js";
import { progressOf, progressText } from "../shared/progress.js";
import { keyOf } from "./board_keys.js";
import { useCell } from "./board_provider.jsx";

/** `press(counter, sign)` presses; `edit` holds the controls that change the board, if it is being changed. */
export const Cell = ({ counter, index, press, edit }) => {
  const cell = useCell(counter);
  const { about, known, value, connection, problem } = cell;
  const progress = progressOf(value, (known && about) || {});
  const full = progress.state === "full";
  const shown = known && !isUnavailable(problem);
  return (
    <li
      className={`cell ${connection === "connected" ? "" : "stale"}`}
      data-testid="cell"
      data-counter={counter}
      data-value={shown ? value : undefined}
      data-revision={shown ? cell.revision : undefined}
      data-state={connection}
      data-way={progress.state}
      data-colour={full ? undefined : about?.colour || undefined}
    >
      {shown && !edit ? <Buttons counter={counter} index={index} cell={cell} progress={progress} press={press} /> : null}
      {!shown && !edit && <Missing counter={counter} cell={cell} />}
      {edit && (
        <div className="change">
          <span className="name">
            <Name counter={counter} about={about} />
          </span>
          {edit}
          <Link className="small" to={`/c/${encodeURIComponent(counter)}`}>
            <T id="cell_open" />
          </Link>
        </div>
      )}
      {progress.share !== null && <i className="way" style={{ "--p": progress.share }} />}
    </li>
  );
};

/** What the counter counts; its name in addresses until that is known. */
const Name = ({ counter, about }) => {
  const { title } = useTexts();
  if (about && !about.name) return <Bilingual text={title} />;
  return <bdi>{about?.name ?? counter}</bdi>;
};

const Buttons = ({ counter, index, cell, progress, press }) => {
  useFormats();
  const { about, value } = cell;
  const step = about?.step ?? 1;
  const key = keyOf(index);
  const digits = String(Math.abs(value)).length;
  const onKeyDown = (event) => event.repeat && event.preventDefault();
  return (
    <>
      <button
        type="button"
        className="add"
        data-testid="plus"
        aria-disabled={!canPress(cell, step)}
        aria-keyshortcuts={key ?? undefined}
        onClick={() => press(counter, 1)}
        onKeyDown={onKeyDown}
      >
        <span className="name">
          {key && (
            <kbd className="key wide" aria-hidden="true">
              {key}
            </kbd>
          )}
          <Name counter={counter} about={about} />
        </span>
        <span className="count" style={{ "--digits": Math.max(2, digits + (value < 0)), "--groups": groupsOf(digits) }}>
          <data value={value}>{formatNumber(value)}</data>
        </span>
        <State cell={cell} progress={progress} />
        <span className="sr">
          <T id="cell_add" n={step} />
        </span>
        <span className="orb" aria-hidden="true">
          {step > 1 ? formatSigned(step) : <Icon name="plus" className="bold" />}
        </span>
      </button>
      <button
        type="button"
        className="btn icon take"
        data-testid="minus"
        aria-disabled={!canPress(cell, -step)}
        aria-keyshortcuts={key ? `Shift+${key}` : undefined}
        onClick={() => press(counter, -1)}
        onKeyDown={onKeyDown}
      >
        <Icon name="minus" className="bold" />
        <span className="sr">
          <T id="minus" n={step} /> <Name counter={counter} about={about} />
        </span>
      </button>
    </>
  );
};

/** One short line: what is not saved, why it cannot be pressed, or how far it is. */
const State = ({ cell, progress }) => {
  const texts = useTexts();
  const { about, connection, unsaved, value } = cell;
  const way = progressText(value, progress, texts);
  if (unsaved && connection !== "connected")
    return (
      <span className="state" data-testid="cell-unsaved" data-value={unsaved}>
        <Icon name="wait" /> <T id="cell_unsaved" n={unsaved} />
      </span>
    );
  if (about?.archived) return <Line icon="archive" id="archived_sun" />;
  if (!mayPress(cell)) return <Line icon="eye" id="look_sun" />;
  return (
    way && (
      <span className="state warn">
        <Bilingual {...way} />
      </span>
    )
  );
};

const Line = ({ icon, id }) => (
  <span className="state">
    <Icon name={icon} /> <T id={id} />
  </span>
);

/** Why there is no number. */
const Missing = ({ counter, cell: { problem, about } }) => {
  const texts = useTexts();
  const text = problem && (problem.sentences ?? texts[problem.code]);
  return (
    <div className="missing" data-testid="missing" data-code={problem?.code}>
      <span className="name">
        <Name counter={counter} about={problem ? null : about} />
      </span>
      <span className={problem ? "bad small" : "quiet small"}>
        <Bilingual text={text ?? texts.fetching} />
      </span>
      {problem?.code === "members_only" && (
        <Link className="small" to={`/c/${encodeURIComponent(counter)}`}>
          <T id="cell_open" />
        </Link>
      )}
    </div>
  );
};
