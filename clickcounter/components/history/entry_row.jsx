/* An entry of the ledger as a row of the history. */
import { useView } from "../counter/counter_provider.jsx";
import { formatDateTime, formatRange } from "../shared/dates.js";
import { T, useTexts } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { formatNumber, formatSigned } from "../shared/numbers.js";
import { Participant } from "./participant.jsx";

const ADDED = new Set(["entry", "opening", "note"]);
const NOTABLE = new Set(["click", "correction"]);

/** `door` is the counter of a group where it was made. `onNote` adds a note at the entry's time, `onRemove` takes it back or deletes it; only `mayAdd` shows them. `about` is the
 * press that a note was added to. */
export const Row = ({ row, door, about, mayAdd, onNote, onRemove }) => {
  const { pressed_at: pressed, saved_at: saved, kind, reason, label, person, device, amount, total } = row;
  const isNote = kind === "note";
  return (
    <tr
      data-amount={amount}
      data-kind={kind}
      data-device={device}
      data-taken-back={row.taken_back || undefined}
      title={`${formatDateTime(pressed)} → ${formatDateTime(saved)}`}
    >
      <td>
        <Time {...row} />
      </td>
      <td>
        {door && <Door {...door} />}
        <Participant person={person} label={label} number={device} />
        {about ? <About {...about} /> : <Kind {...row} />}
        {reason && (
          <>
            : <bdi>{reason}</bdi>
          </>
        )}
        {mayAdd && NOTABLE.has(kind) && <Action icon="pen" text="note_here" onClick={onNote} />}
        {mayAdd && <RemoveAction row={row} onClick={onRemove} />}
      </td>
      <td className={amount < 0 ? "bad" : ""}>{!isNote && formatSigned(amount)}</td>
      <td>{!isNote && formatNumber(total)}</td>
    </tr>
  );
};

/** A link to the history of the counter, and whether the group subtracts it. */
const Door = ({ counter, name, sign }) => (
  <span className="door" data-testid="door" data-counter={counter}>
    <a href={`/c/${encodeURIComponent(counter)}/history`}>{name ? <bdi>{name}</bdi> : <T id="title" />}</a>
    {sign < 0 && (
      <small className="quiet">
        {" "}
        (<T id="part_minus" />)
      </small>
    )}
  </span>
);

/** The stretch of a past entry; what was taken back stands where that was done. */
const Time = ({ kind, pressed_at: pressed, saved_at: saved, until }) => {
  if (kind === "entry" && until !== pressed) return formatRange(pressed, until);
  return formatDateTime(kind === "take_back" ? saved : pressed);
};

/** What kind of entry it is, unless it is a press; and who took a press back. */
const Kind = ({ kind, by_person: person, by_device: device, by_label: label }) => {
  const texts = useTexts();
  if (!texts[`kind_${kind}`]) return null;
  const isAuthorKnown = person || device !== null; // not in the terminal, or in an imported file
  const who = <Participant person={person} label={label} number={device} />;
  return <>, {isAuthorKnown ? <T id="taken_back_by" who={who} /> : <T id={`kind_${kind}`} />}</>;
};

/** What a note belongs to. */
const About = ({ amount, person, label, device }) => (
  <>
    , <T id="note_on" n={formatSigned(amount)} who={<Participant person={person} label={label} number={device} />} />
  </>
);

/** For owners, and for whoever added it. */
const RemoveAction = ({ row, onClick }) => {
  const { rights, device } = useView();
  const isOwn = rights?.press && row.device === device.number;
  if (!ADDED.has(row.kind) || row.takes_back || row.taken_back || !(rights?.manage || isOwn)) return null;
  return <Action icon="x" text="remove_this" onClick={onClick} />;
};

const Action = ({ icon, text, onClick }) => (
  <button type="button" className="btn icon" data-testid={text} onClick={onClick}>
    <Icon name={icon} />
    <span className="sr">
      <T id={text} />
    </span>
  </button>
);
