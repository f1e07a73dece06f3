/* Learning a key: first it is pressed, then the person chooses what it does. */
import { useEffect, useId, useState } from "react";
import { FormDialog, SUCCESS } from "../shared/form_dialog.jsx";
import { T } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { Modal } from "../shared/modal.jsx";
import { builtInOf } from "./built_in_keys.js";
import { InputName, Where } from "./input_name.jsx";
import { ACTIONS, findLearnt } from "./learnt_keys.js";
import { startLearning } from "./listener.js";

/** An "application" to screen readers, which then leave the keys to it. */
export const Learn = ({ onInput, close }) => {
  const [refused, setRefused] = useState(null);
  const waiting = useId();
  useEffect(() => startLearning({ onInput, onRefused: setRefused }), []);
  return (
    <Modal
      name="learn"
      title={<T id="learn_title" />}
      onClose={close}
      onSubmit={() => SUCCESS}
      actions={
        <button type="button" className="btn edge" data-testid="cancel" onClick={close}>
          <T id="cancel" />
        </button>
      }
    >
      <div role="application" tabIndex={0} className="input" data-first="" data-testid="learning" aria-labelledby={waiting}>
        <Icon name="wait" className="spin" />
        <span id={waiting}>
          <T id="learn_waiting" />
        </span>
      </div>
      <p className="quiet small">
        <T id="learn_said" />
      </p>
      <p className="bad small" role="alert" data-testid="not-learnt" data-code={refused ?? undefined}>
        {refused && <T id={refused} />}
      </p>
    </Modal>
  );
};

/** `save(key)` keeps what was chosen. */
export const Choose = ({ learnt, counters, current, input, save, close }) => {
  const before = findLearnt(learnt, input);
  const places = [...(current === null ? [] : [{ slug: null }]), ...counters];
  const conflict = useId();
  const place = places.findIndex(({ slug }) => slug === before?.counter);
  const action = (fields) => {
    const { slug, name } = places[fields.where];
    return save({ input, action: fields.action, counter: slug, ...(slug !== null && { name }) });
  };
  return (
    <FormDialog
      name="choose"
      title={<T id="choose_title" name={<InputName input={input} />} />}
      submit={<T id="save" />}
      action={action}
      close={close}
    >
      <Conflict id={conflict} input={input} before={before} />
      <Choice
        name="action"
        title="does"
        chosen={before?.action ?? ACTIONS[0]}
        options={ACTIONS.map((value) => [value, <T key={value} id={`does_${value}`} />])}
        first
        describedBy={conflict}
      />
      <Choice
        name="where"
        title="where"
        chosen={Math.max(0, place)}
        options={places.map(({ slug, name }, i) => [i, <Where key={slug} counter={slug} name={name} />])}
      />
    </FormDialog>
  );
};

/** What this key does already. */
const Conflict = ({ id, input, before }) => {
  const builtIn = builtInOf(input);
  if (!before && !builtIn) return null;
  return (
    <p id={id} className="small" data-testid="conflict" data-code={before ? "learnt" : builtIn}>
      {before ? <T id="learnt_before" what={<T id={`does_${before.action}`} />} /> : <T id={`built_in_${builtIn}`} />}
    </p>
  );
};

const Choice = ({ name, title, options, chosen, first, describedBy }) => (
  <fieldset className="field choice" aria-describedby={describedBy}>
    <legend>
      <T id={title} />
    </legend>
    {options.map(([value, label]) => (
      <label key={value} className="check">
        <input
          type="radio"
          name={name}
          value={value}
          defaultChecked={value === chosen}
          data-first={first && value === chosen ? "" : undefined}
          data-testid={`${name}-${value}`}
        />
        <span>{label}</span>
      </label>
    ))}
  </fieldset>
);
