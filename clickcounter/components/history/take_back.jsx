/* Owners take back all presses of a participant, or of a period of time: of whom, or from when, the history shows. */
import { useEffect, useState } from "react";
import { perform } from "../counter/actions.js";
import { useCounter, useView } from "../counter/counter_provider.jsx";
import { MAX_REASON } from "../shared/constants.js";
import { formatDateTime } from "../shared/dates.js";
import { Field, FormDialog, SUCCESS } from "../shared/form_dialog.jsx";
import { T, Bilingual, errorText, useTexts } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { formatNumber, formatSigned } from "../shared/numbers.js";
import { Participant } from "./participant.jsx";

/** The button, for owners, once the history shows one participant or a period; and what was taken back. While another
    question is on its way, the button waits for its answer. */
export const TakeBack = ({ query, isCurrent }) => {
  const { rights } = useView();
  const [isOpen, setOpen] = useState(false);
  const [presses, setPresses] = useState(null);
  const isNarrow = query.participant !== null || query.span === "between";
  return (
    <>
      {rights?.admit && isNarrow && (
        <button
          type="button"
          className="btn framed"
          data-testid="take-back"
          disabled={!isCurrent}
          onClick={() => setOpen(true)}
        >
          <Icon name="undo" />
          <T id="take_back" />
        </button>
      )}
      <p role="status" className="quiet" data-testid="taken-back">
        {presses !== null && <T id="taken_back" n={formatNumber(presses)} />}
      </p>
      {isOpen && <TakeBackDialog query={query} close={() => setOpen(false)} onDone={setPresses} />}
    </>
  );
};

/** Whose presses, and from when until when. */
export const selectionOf = ({ device, account, span, since, until }) =>
  span === "between" ? [device, account, since, until] : [device, account, null, null];

/** What would be taken back: { presses, amount, more, until }, or { failed }. */
const useCount = (counter, query) => {
  const [counted, setCounted] = useState(null);
  useEffect(() => {
    perform("countPresses", counter, ...selectionOf(query)).then(({ result, ...failed }) =>
      setCounted(failed.error ? { failed } : result),
    );
  }, []);
  return counted;
};

/** Each call takes back for two seconds. Cut off and begun again, it goes on with what is left. */
const takeBack = async (counter, query, until, reason, onProgress) => {
  const [device, account, since] = selectionOf(query);
  let presses = 0;
  for (let after = null; ; ) {
    const reply = await perform("takeBack", counter, device, account, since, until, reason, after);
    if (reply.error) return reply;
    presses += reply.result.presses;
    after = reply.result.next;
    onProgress(presses);
    if (after === null) return { ...SUCCESS, result: presses };
  }
};

const TakeBackDialog = ({ query, close, onDone }) => {
  const counter = useCounter();
  const counted = useCount(counter, query);
  const [progress, setProgress] = useState(null);
  const action = ({ reason }) => takeBack(counter, query, counted.until, reason, setProgress);
  return (
    <FormDialog
      name="take-back"
      urgent
      danger
      title={<T id="take_back_title" />}
      submit={<T id="take_back_do" />}
      cancel="take_back_not"
      cannot={!counted?.presses}
      action={action}
      onDone={onDone}
      close={close}
    >
      <p>
        <Whose {...query} />
      </p>
      <p role="status" data-testid="counted" data-presses={counted?.presses}>
        {progress === null ? <Count counted={counted} /> : <T id="taken_back" n={formatNumber(progress)} />}
      </p>
      <p className="quiet small">
        <T id="take_back_kept" />
      </p>
      <Field label="why" name="reason" maxLength={MAX_REASON} autoFocus />
    </FormDialog>
  );
};

const Whose = ({ participant, span, since, until }) => (
  <>
    {participant ? <T id="take_back_whose" who={<Participant {...participant} />} /> : <T id="take_back_anyones" />}{" "}
    {span === "between" ? (
      <T id="take_back_when" since={formatDateTime(since)} until={formatDateTime(until)} />
    ) : (
      <T id="take_back_always" />
    )}
  </>
);

const Count = ({ counted }) => {
  const texts = useTexts();
  if (!counted) return <T id="counting" />;
  if (counted.failed) return <Bilingual text={errorText(counted.failed, texts)} />;
  const { presses, amount, more } = counted;
  return <T id={more ? "take_back_more" : "take_back_count"} n={formatNumber(presses)} amount={formatSigned(amount)} />;
};
