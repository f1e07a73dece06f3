/* A counter's settings: its name, description and colour; its step, limits, goal and warnings. */
import { perform } from "../counter/actions.js";
import { useCounter, useView } from "../counter/counter_provider.jsx";
import { COLOURS, MAX_COUNTER_NAME, MAX_DESCRIPTION } from "../shared/constants.js";
import { Field, FormDialog, failure } from "../shared/form_dialog.jsx";
import { T } from "../shared/i18n.jsx";
import { parseWholeNumber } from "../shared/numbers.js";

export const Describe = ({ close }) => {
  const counter = useCounter();
  const { about } = useView();
  const action = ({ name, description, colour, day_start, tells_who }) => {
    const rename = name === (about?.name ?? "") ? {} : { name };
    const hour = parseWholeNumber(day_start) ?? 0;
    if (!(hour >= 0 && hour <= 23)) return failure("about_day");
    return perform("change", counter, { ...rename, description, colour, day_start: hour, tells_who: !!tells_who });
  };
  return (
    <FormDialog name="describe" title={<T id="describe" />} submit={<T id="save" />} action={action} close={close}>
      <Field label="name" name="name" maxLength={MAX_COUNTER_NAME} defaultValue={about?.name} autoFocus />
      <Field
        label="description"
        multiline
        rows={3}
        name="description"
        maxLength={MAX_DESCRIPTION}
        defaultValue={about?.description}
      />
      <fieldset className="field colours">
        <legend>
          <T id="colour" />
        </legend>
        {COLOURS.map((colour) => (
          <label key={colour}>
            <input type="radio" name="colour" value={colour} defaultChecked={colour === (about?.colour ?? "")} />
            <span className="mini" data-colour={colour || "sun"} />
            <span className="sr">
              <T id={`colour_${colour || "sun"}`} />
            </span>
          </label>
        ))}
      </fieldset>
      <Field
        label="day_start"
        hint="day_start_hint"
        name="day_start"
        inputMode="numeric"
        defaultValue={about?.day_start ?? 0}
      />
      <label className="check">
        <input type="checkbox" name="tells_who" defaultChecked={about?.tells_who ?? true} />
        <span>
          <T id="tells_who" />
        </span>
      </label>
    </FormDialog>
  );
};

/** The form's texts as the settings that the server takes; null if one of them is not a number. */
const parseGoals = ({ step, below, lower, lets_leave, upper, goal, warn_at }) => {
  const settings = {
    step: parseWholeNumber(step) ?? 1,
    lower: below ? null : (parseWholeNumber(lower ?? "") ?? 0),
    upper: parseWholeNumber(upper),
    goal: parseWholeNumber(goal),
    warn_at: warn_at.split(/[\s,;%]+/).filter(Boolean).map(parseWholeNumber),
  };
  const numbers = [settings.step, settings.lower, settings.upper, settings.goal, ...settings.warn_at];
  return numbers.every((n) => n === null || Number.isInteger(n)) ? { ...settings, lets_leave: !!lets_leave } : null;
};

const toText = (n) => (n === null || n === undefined ? "" : String(n));

export const Goals = ({ close }) => {
  const counter = useCounter();
  const { about } = useView();
  const action = (fields) => {
    const settings = parseGoals(fields);
    return settings ? perform("change", counter, settings) : failure("about_numbers");
  };
  return (
    <FormDialog name="goal" title={<T id="goal" />} submit={<T id="save" />} action={action} close={close}>
      <div className="pair">
        <Field label="goal_field" hint="goal_hint" name="goal" inputMode="numeric" defaultValue={toText(about?.goal)} autoFocus />
        <Field label="upper" hint="upper_hint" name="upper" inputMode="numeric" defaultValue={toText(about?.upper)} />
        <Field label="warn_at" hint="warn_hint" name="warn_at" defaultValue={about?.warn_at.join(", ")} />
        <Field label="step" hint="step_hint" name="step" inputMode="numeric" defaultValue={toText(about?.step)} />
        <Field label="lower" name="lower" inputMode="text" defaultValue={toText(about?.lower ?? 0)} />
        <label className="check">
          <input type="checkbox" name="below" defaultChecked={about?.lower === null} />
          <span>
            <T id="below" />
          </span>
        </label>
        <label className="check">
          <input type="checkbox" name="lets_leave" defaultChecked={about?.lets_leave} />
          <span>
            <T id="lets_leave" />
          </span>
        </label>
      </div>
    </FormDialog>
  );
};
