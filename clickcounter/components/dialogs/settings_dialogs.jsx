/* What is said of a counter: its name, colour, day and such; its step, limits, goal and warnings. */
import { T, useCounter, useView } from "./counter_tab.jsx";
import { Field, Form, refusal, whole } from "./dialog.jsx";
import { perform } from "./upkeep.jsx";

const COLOURS = ["", "amber", "rose", "violet", "blue", "teal", "green"];

export const Describe = ({ close }) => {
  const counter = useCounter();
  const { about } = useView();
  const doing = ({ name, description, colour, day_start, tells_who }) => {
    const named = name === (about?.name ?? "") ? {} : { name };
    const hour = whole(day_start) ?? 0;
    if (!(hour >= 0 && hour <= 23)) return refusal("about_day");
    return perform("change", counter, { ...named, description, colour, day_start: hour, tells_who: !!tells_who });
  };
  return (
    <Form name="describe" title={<T of="describe" />} submit={<T of="save" />} doing={doing} close={close}>
      <Field of="name" name="name" maxLength={200} defaultValue={about?.name} first />
      <Field of="description" area rows={3} name="description" maxLength={500} defaultValue={about?.description} />
      <fieldset className="field colours">
        <legend>
          <T of="colour" />
        </legend>
        {COLOURS.map((colour) => (
          <label key={colour}>
            <input type="radio" name="colour" value={colour} defaultChecked={colour === (about?.colour ?? "")} />
            <span className="mini" data-colour={colour || "sun"} />
            <span className="sr">
              <T of={`colour_${colour || "sun"}`} />
            </span>
          </label>
        ))}
      </fieldset>
      <Field of="day_start" hint="day_start_hint" name="day_start" inputMode="numeric" defaultValue={about?.day_start ?? 0} />
      <label className="check">
        <input type="checkbox" name="tells_who" defaultChecked={about?.tells_who ?? true} />
        <span>
          <T of="tells_who" />
        </span>
      </label>
    </Form>
  );
};

/** The form's texts as what the server takes; null where one of them is no number. */
const read = ({ step, below, lower, upper, goal, warn_at }) => {
  const fields = {
    step: whole(step) ?? 1,
    lower: below ? null : (whole(lower ?? "") ?? 0),
    upper: whole(upper),
    goal: whole(goal),
    warn_at: warn_at.split(/[\s,;%]+/).filter(Boolean).map(Number),
  };
  const numbers = [fields.step, fields.lower, fields.upper, fields.goal, ...fields.warn_at];
  return numbers.every((n) => n === null || Number.isInteger(n)) ? fields : null;
};

const shown = (n) => (n === null || n === undefined ? "" : String(n));

export const Goals = ({ close }) => {
  const counter = useCounter();
  const { about } = useView();
  const doing = (form) => {
    const fields = read(form);
    return fields ? perform("change", counter, fields) : refusal("about_numbers");
  };
  return (
    <Form name="goal" title={<T of="goal" />} submit={<T of="save" />} doing={doing} close={close}>
      <div className="pair">
        <Field of="goal_field" hint="goal_hint" name="goal" inputMode="numeric" defaultValue={shown(about?.goal)} first />
        <Field of="upper" hint="upper_hint" name="upper" inputMode="numeric" defaultValue={shown(about?.upper)} />
        <Field of="warn_at" hint="warn_hint" name="warn_at" defaultValue={about?.warn_at.join(", ")} />
        <Field of="step" hint="step_hint" name="step" inputMode="numeric" defaultValue={shown(about?.step)} />
        <Field of="lower" name="lower" inputMode="text" defaultValue={shown(about?.lower ?? 0)} />
        <label className="check">
          <input type="checkbox" name="below" defaultChecked={about?.lower === null} />
          <span>
            <T of="below" />
          </span>
        </label>
      </div>
    </Form>
  );
};
