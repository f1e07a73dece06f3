/* All dialogs of the counter page by name, and those that change the number. Loaded when the first one is opened. */
import { lazy, useState } from "react";
import { post } from "../account/account_api.js";
import { perform } from "../counter/actions.js";
import { press, useCounter, useView } from "../counter/counter_provider.jsx";
import { deviceSecret, shareLabel } from "../counter/tab_store.js";
import { Past } from "../past/past_dialog.jsx";
import { MAX_AMOUNT, MAX_LABEL, MAX_REASON } from "../shared/constants.js";
import { Field, FormDialog, InfoDialog, SUCCESS, failure } from "../shared/form_dialog.jsx";
import { T, TextsProvider, useTexts } from "../shared/i18n.jsx";
import { newClickKey } from "../shared/keys.js";
import { formatNumber, parseWholeNumber } from "../shared/numbers.js";
import { PATH } from "../shared/site.js";
import { Access, Claim, Invited, Members } from "./access_dialogs.jsx";
import { DIALOG_TEXTS, GROUP_DIALOG_TEXTS } from "./constants.js";
import { Elsewhere } from "./elsewhere_dialog.jsx";
import { Keys } from "./keys_dialog.jsx";
import { Parts } from "./parts_dialog.jsx";
import { Participants } from "./participants_dialog.jsx";
import { Schedule } from "./schedule_dialog.jsx";
import { Describe, Goals } from "./settings_dialogs.jsx";
import { Share } from "./share_dialog.jsx";
import { Webhooks } from "./webhooks_dialog.jsx";

/** The counter's name, for a sentence. */
const useName = () => {
  const { about } = useView();
  return about?.name || <T id="title" />;
};

const Amount = ({ close }) => {
  const counter = useCounter();
  const action = ({ amount }) => {
    const n = parseWholeNumber(amount);
    if (!n || Math.abs(n) > MAX_AMOUNT) return failure("amount_wrong");
    return press(counter, n) ? SUCCESS : failure(n > 0 ? "full" : "floor");
  };
  return (
    <FormDialog name="amount" title={<T id="add_title" />} submit={<T id="add_do" />} action={action} close={close}>
      <Field label="how_many" hint="how_many_hint" name="amount" inputMode="text" placeholder="+25" autoFocus />
    </FormDialog>
  );
};

const Reset = ({ close }) => {
  const counter = useCounter();
  const { about, watchers, round, value } = useView();
  const [roundToEnd] = useState(round); // the one that the person saw when opening the dialog
  const alreadyEnded = round !== roundToEnd;
  return (
    <FormDialog
      name="reset"
      urgent
      danger
      title={<T id="reset_title" name={useName()} />}
      keep="keep"
      submit={<T id="reset_do" n={value} />}
      action={() => (alreadyEnded ? SUCCESS : perform("reset", counter, roundToEnd))}
      close={close}
    >
      {about?.group && (
        <p>
          <T id="reset_group" />
        </p>
      )}
      <p className="fall">
        <span>{formatNumber(value)}</span>
        <span className="quiet" aria-hidden="true">
          →
        </span>
        <span>0</span>
      </p>
      <p>
        {alreadyEnded ? (
          <T id="reset_gone" />
        ) : (
          <T id={watchers > 1 ? "reset_said" : "reset_alone"} n={value} lookers={watchers} />
        )}
      </p>
    </FormDialog>
  );
};

const Correct = ({ close }) => {
  const counter = useCounter();
  const { round, value } = useView();
  const [correction] = useState({ round, key: newClickKey(Date.now()) }); // submitted twice, it counts once
  const action = (fields) => {
    const n = parseWholeNumber(fields.value);
    if (n === null || Number.isNaN(n)) return failure("number_wrong");
    if (!fields.reason.trim()) return failure("reason");
    return perform("correct", counter, correction.round, correction.key, n, fields.reason);
  };
  return (
    <FormDialog
      name="correct"
      title={<T id="correct_title" />}
      submit={<T id="correct_do" />}
      action={action}
      close={close}
    >
      <p className="quiet">
        <T id="correct_said" n={value} />
      </p>
      <Field label="true_number" name="value" inputMode="numeric" defaultValue={String(value ?? "")} autoFocus />
      <Field label="why" name="reason" maxLength={MAX_REASON} />
    </FormDialog>
  );
};

const Archive = ({ close }) => {
  const counter = useCounter();
  const { about } = useView();
  return (
    <FormDialog
      name="archive"
      urgent
      title={<T id="archive_title" name={useName()} />}
      keep="keep"
      submit={<T id="archive_do" />}
      action={() => perform("archive", counter)}
      close={close}
    >
      <p>
        <T id={about?.group ? "archive_group_said" : "archive_said"} />
      </p>
    </FormDialog>
  );
};

const Delete = ({ close }) => {
  const counter = useCounter();
  const { value } = useView();
  return (
    <FormDialog
      name="delete"
      danger
      title={<T id="delete_title" name={useName()} />}
      submit={<T id="delete_do" />}
      action={({ name }) => perform("delete", counter, name)}
      onDone={() => location.assign(`${PATH}/counters`)}
      close={close}
    >
      <p>
        <T id="delete_said" n={value} />
      </p>
      <Field label="name_again" name="name" autoFocus />
    </FormDialog>
  );
};

/** This browser's label. `onDone` runs once it is saved. */
const Label = ({ close, onDone }) => {
  const { device } = useView();
  return (
    <FormDialog
      name="label"
      title={<T id="label_title" />}
      submit={<T id="save" />}
      action={({ label }) => perform("nameDevice", label)}
      onDone={({ label }) => {
        shareLabel(label);
        onDone?.();
      }}
      close={close}
    >
      <Field
        label="label_field"
        hint="label_hint"
        name="label"
        maxLength={MAX_LABEL}
        defaultValue={device.label ?? ""}
        autoFocus
      />
    </FormDialog>
  );
};

/** A dialog that asks the server about this counter by plain HTTP, below the address `path`. */
const posting = (path, Dialog) =>
  function Posting({ close }) {
    const counter = useCounter();
    const request = async (what, fields) => {
      const device = await deviceSecret();
      return post(`${path}/${what}`, { ...fields, counter, device });
    };
    return <Dialog request={request} close={close} />;
  };

const Failed = ({ close }) => (
  <InfoDialog name="failed" title={<T id="buttons" />} close={close}>
    <p>
      <T id="offline" />
    </p>
  </InfoDialog>
);

const ButtonsDialog = lazy(() => import("../hardware/buttons_dialog.jsx").catch(() => ({ default: Failed })));

const Buttons = ({ close }) => {
  const counter = useCounter();
  const { about } = useView();
  return <ButtonsDialog counters={[{ slug: counter, name: about?.name ?? "" }]} current={counter} close={close} />;
};

const DIALOGS = {
  access: Access,
  amount: Amount,
  archive: Archive,
  buttons: Buttons,
  claim: Claim,
  correct: Correct,
  delete: Delete,
  describe: Describe,
  elsewhere: posting("sites", Elsewhere),
  goal: Goals,
  invited: Invited,
  keys: posting("keys", Keys),
  label: Label,
  members: Members,
  parts: Parts,
  past: Past,
  reset: Reset,
  schedule: Schedule,
  share: Share,
  webhooks: Webhooks,
  who: Participants,
};

/** The open dialog. The default export, as app/part.jsx takes it. */
const Dialogs = ({ name, ...props }) => {
  const Dialog = DIALOGS[name];
  return (
    <TextsProvider value={{ ...useTexts(), ...DIALOG_TEXTS, ...GROUP_DIALOG_TEXTS }}>
      <Dialog key={name} {...props} />
    </TextsProvider>
  );
};

export default Dialogs;
