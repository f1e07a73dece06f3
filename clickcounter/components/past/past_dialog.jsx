/* Adds what was counted earlier, a note, or an amount carried over. From the history, with `at`, it adds a note to an entry. */
import { useState } from "react";
import { perform } from "../counter/actions.js";
import { useCounter } from "../counter/counter_provider.jsx";
import { MAX_REASON } from "../shared/constants.js";
import { formatLongDateTime } from "../shared/dates.js";
import { Field, FormDialog, failure } from "../shared/form_dialog.jsx";
import { T, TextsProvider, useTexts } from "../shared/i18n.jsx";
import { newClickKey } from "../shared/keys.js";
import { parseWholeNumber } from "../shared/numbers.js";
import { PAST_TEXTS } from "./constants.js";
import { fromLocalInput, toLocalInput } from "./local_time.js";

const KINDS = ["entry", "note", "opening"];
const HOUR = 3_600_000; // ms

/** The hour before the current one, and the current minute, as inputs show them. */
const times = () => {
  const hour = new Date().setMinutes(0, 0, 0);
  return { since: toLocalInput(hour - HOUR), until: toLocalInput(hour), now: toLocalInput(Date.now()) };
};

/** The fields as the server takes them, or the code of what is wrong. */
const read = (kind, { amount, since, until, text }, at, now) => {
  if (kind === "note") {
    if (!text.trim()) return { wrong: "note" };
    const moment = since === now ? null : (at ?? fromLocalInput(since)); // untouched, it is this very moment
    return Number.isNaN(moment) ? { wrong: "past_time" } : { kind, text, since: moment };
  }
  const n = parseWholeNumber(amount);
  if (!n) return { wrong: "opening_amount" };
  if (kind === "opening") return { kind, text, amount: n };
  const [start, end] = [fromLocalInput(since), until ? fromLocalInput(until) : null];
  return Number.isNaN(start) ? { wrong: "past_time" } : { kind, text, amount: n, since: start, until: end };
};

export const Past = ({ close, at }) => {
  const texts = { ...useTexts(), ...PAST_TEXTS };
  const counter = useCounter();
  const [kind, setKind] = useState(at ? "note" : "entry");
  const [{ since, until, now }] = useState(times);
  const [key] = useState(() => newClickKey(Date.now())); // submitted twice, it is added once
  const action = (fields) => {
    const { wrong, ...entry } = read(kind, fields, at, now);
    return wrong ? failure(wrong) : perform("addEntry", counter, entry, key);
  };
  return (
    <TextsProvider value={texts}>
      <FormDialog
        name="past"
        title={<T id={at ? "past_note" : "past"} />}
        submit={<T id="past_do" />}
        action={action}
        close={close}
      >
        {at ? (
          <p>{formatLongDateTime(at)}</p>
        ) : (
          <fieldset className="field choice">
            {KINDS.map((value) => (
              <label key={value} className="check">
                <input
                  type="radio"
                  name="kind"
                  value={value}
                  checked={value === kind}
                  data-testid={`past-${value}`}
                  onChange={() => setKind(value)}
                />
                <span>
                  <T id={`past_${value}`} />
                </span>
              </label>
            ))}
          </fieldset>
        )}
        <Fields key={kind} {...{ kind, at, since, until, now }} />
        <p className="quiet small">
          <T id={`past_${kind}_said`} />
        </p>
      </FormDialog>
    </TextsProvider>
  );
};

const Fields = ({ kind, at, since, until, now }) => {
  const isNote = kind === "note";
  const text = <Field label={isNote ? "note_field" : "note_optional"} name="text" maxLength={MAX_REASON} autoFocus={isNote} />;
  if (isNote)
    return (
      <>
        {text}
        {!at && <Time label="note_at" name="since" defaultValue={now} />}
      </>
    );
  return (
    <>
      <Field label="past_amount" name="amount" inputMode="text" autoFocus />
      {kind === "entry" && (
        <>
          <Time label="past_since" name="since" defaultValue={since} />
          <Time label="past_until" name="until" defaultValue={until} />
        </>
      )}
      {text}
    </>
  );
};

const Time = (props) => <Field type="datetime-local" {...props} />;

export default Past;
