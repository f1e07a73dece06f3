/* The dialogs that change the number, and the question how this browser is called. Loaded when the first one is opened. */
import { useState } from "react";
import { T, grouped, press, useCounter, useView } from "./counter_tab.jsx";
import { Describe, Goals } from "./about_dialogs.jsx";
import { Access, Claim, Invited, Members } from "./access_dialogs.jsx";
import { DONE, Field, Form, refusal, whole } from "./dialog.jsx";
import { newKey } from "./key.js";
import { Share, Who } from "./people_dialogs.jsx";
import { labelled } from "./tab.js";
import { perform } from "./upkeep.jsx";

const LARGEST = 1_000_000; // of one click

/** The counter's name within a sentence. */
const useName = () => {
  const { about } = useView();
  return about?.name || <T of="title" />;
};

const Amount = ({ close }) => {
  const counter = useCounter();
  const doing = ({ amount }) => {
    const n = whole(amount);
    if (!n || Math.abs(n) > LARGEST) return refusal("amount_wrong");
    return press(counter, n) ? DONE : refusal(n > 0 ? "full" : "floor");
  };
  return (
    <Form name="amount" title={<T of="add" />} submit={<T of="add_do" />} doing={doing} close={close}>
      <Field of="how_many" hint="how_many_hint" name="amount" inputMode="text" placeholder="+25" first />
    </Form>
  );
};

const Reset = ({ close }) => {
  const counter = useCounter();
  const { lookers, round, value } = useView();
  const [ended] = useState(round); // the round that the person saw when asking
  const gone = round !== ended;
  return (
    <Form
      name="reset"
      urgent
      danger
      title={<T of="reset_title" name={useName()} />}
      keep="keep"
      submit={<T of="reset_do" n={value} />}
      doing={() => (gone ? DONE : perform("reset", counter, ended))}
      close={close}
    >
      <p className="fall">
        <span>{grouped(value)}</span>
        <span className="quiet" aria-hidden="true">
          →
        </span>
        <span>0</span>
      </p>
      <p>
        {gone ? <T of="reset_gone" /> : <T of={lookers > 1 ? "reset_said" : "reset_alone"} n={value} lookers={lookers} />}
      </p>
    </Form>
  );
};

const Correct = ({ close }) => {
  const counter = useCounter();
  const { round, value } = useView();
  const [asked] = useState({ round, key: newKey(Date.now()) }); // asked again, it counts once
  const doing = (fields) => {
    const n = whole(fields.value);
    if (n === null || Number.isNaN(n)) return refusal("number_wrong");
    if (!fields.reason.trim()) return refusal("reason");
    return perform("correct", counter, asked.round, asked.key, n, fields.reason);
  };
  return (
    <Form name="correct" title={<T of="correct_title" />} submit={<T of="correct_do" />} doing={doing} close={close}>
      <p className="quiet">
        <T of="correct_said" n={value} />
      </p>
      <Field of="true_number" name="value" inputMode="numeric" defaultValue={String(value ?? "")} first />
      <Field of="why" name="reason" maxLength={200} />
    </Form>
  );
};

const Archive = ({ close }) => {
  const counter = useCounter();
  return (
    <Form
      name="archive"
      urgent
      title={<T of="archive_title" name={useName()} />}
      keep="keep"
      submit={<T of="archive_do" />}
      doing={() => perform("archive", counter)}
      close={close}
    >
      <p>
        <T of="archive_said" />
      </p>
    </Form>
  );
};

const Delete = ({ close }) => {
  const counter = useCounter();
  return (
    <Form
      name="delete"
      danger
      title={<T of="delete_title" name={useName()} />}
      submit={<T of="delete_do" />}
      doing={({ name }) => perform("delete", counter, name)}
      done={() => location.assign("/counters")}
      close={close}
    >
      <p>
        <T of="delete_said" />
      </p>
      <Field of="name_again" name="name" first />
    </Form>
  );
};

const Label = ({ close, then }) => {
  const { device } = useView();
  return (
    <Form
      name="label"
      title={<T of="label_title" />}
      submit={<T of="save" />}
      doing={({ label }) => perform("nameDevice", label)}
      done={({ label }) => {
        labelled(label);
        then?.();
      }}
      close={close}
    >
      <Field of="label_field" hint="label_hint" name="label" maxLength={40} defaultValue={device.label ?? ""} first />
    </Form>
  );
};

const DIALOGS = {
  access: Access,
  amount: Amount,
  archive: Archive,
  claim: Claim,
  correct: Correct,
  delete: Delete,
  describe: Describe,
  goal: Goals,
  invited: Invited,
  label: Label,
  members: Members,
  reset: Reset,
  share: Share,
  who: Who,
};

/** The one that is open; default, because it is loaded lazily. */
const Dialogs = ({ name, ...how }) => {
  const Named = DIALOGS[name];
  return <Named key={name} {...how} />;
};

export default Dialogs;
