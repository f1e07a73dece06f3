/* When a counter's rounds end by themselves. A schedule is a text, see domain/schedule.py: "day 04:00 Europe/Berlin". */
import { useState } from "react";
import { perform } from "../counter/actions.js";
import { useCounter, useView } from "../counter/counter_provider.jsx";
import { inWeekOrder } from "../language/weeks.js";
import { timeZone } from "../shared/dates.js";
import { Field, FormDialog, failure } from "../shared/form_dialog.jsx";
import { T, TextsProvider, inLanguage, useTexts } from "../shared/i18n.jsx";
import { SCHEDULE_TEXTS, WEEKDAYS } from "./constants.js";

const NEVER = "never";
const ONCE = "once";
const CHOICES = [NEVER, "day", ...WEEKDAYS, ONCE];

/** The parts of a schedule's text, as the dialog's fields hold them. */
const read = (schedule) => {
  const [when, at, zone] = schedule ? schedule.split(" ") : [NEVER, "00:00", timeZone()];
  return CHOICES.includes(when) ? { when, date: "", at, zone } : { when: ONCE, date: when, at, zone };
};

/** The zones that this browser knows, and the one that is set. */
const zones = (chosen) => [...new Set([...(Intl.supportedValuesOf?.("timeZone") ?? [timeZone()]), "UTC", chosen])].sort();

export const Schedule = ({ close }) => {
  const texts = { ...useTexts(), ...SCHEDULE_TEXTS };
  const counter = useCounter();
  const { about } = useView();
  const [{ when: before, date, at, zone }] = useState(read(about?.schedule));
  const [when, setWhen] = useState(before);
  const action = (fields) => {
    if (when === NEVER) return perform("change", counter, { schedule: "" });
    const day = when === ONCE ? fields.date : when;
    if (!day || !fields.at) return failure("schedule_wrong");
    return perform("change", counter, { schedule: `${day} ${fields.at} ${fields.zone}` });
  };
  const nameOf = (choice) => inLanguage(texts[`when_${choice}`]);
  return (
    <TextsProvider value={texts}>
      <FormDialog name="schedule" title={<T id="schedule" />} submit={<T id="save" />} action={action} close={close}>
        <Select label="when" name="when" value={when} onChange={({ target }) => setWhen(target.value)} autoFocus>
          {[NEVER, "day", ...inWeekOrder(WEEKDAYS), ONCE].map((choice) => (
            <option key={choice} value={choice}>
              {nameOf(choice)}
            </option>
          ))}
        </Select>
        {when !== NEVER && (
          <>
            <div className="pair">
              {when === ONCE && <Field label="date" name="date" type="date" defaultValue={date} />}
              <Field label="at" name="at" type="time" defaultValue={at} />
            </div>
            <Select label="zone" name="zone" defaultValue={zone}>
              {zones(zone).map((name) => (
                <option key={name} value={name}>
                  {name.replaceAll("_", " ")}
                </option>
              ))}
            </Select>
          </>
        )}
        <p className="quiet small">
          <T id="schedule_said" />
        </p>
        {about?.group && (
          <p className="quiet small">
            <T id="schedule_group" />
          </p>
        )}
        {when !== NEVER && (
          <p className="quiet small">
            <T id="schedule_clocks" />
          </p>
        )}
      </FormDialog>
    </TextsProvider>
  );
};

const Select = ({ label, autoFocus, children, ...select }) => (
  <label className="field">
    <span>
      <T id={label} />
    </span>
    <span className="input">
      <select data-first={autoFocus ? "" : undefined} {...select}>
        {children}
      </select>
    </span>
  </label>
);
