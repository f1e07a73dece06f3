/* The form of a new counter. Only the name is asked for; the rest says what it is when left alone. */
import { useState } from "react";
import { Both, Icon } from "./counter_tab.jsx";
import { make, useList } from "./list_tab.jsx";
import { Sheet } from "./sheet.jsx";

const PLUS = "M12 6v12M6 12h12";
const COLOURS = ["", "amber", "rose", "violet", "blue", "teal", "green"];

export const NewCounter = ({ texts }) => {
  const [open, setOpen] = useState(false);
  const { search } = useList();
  const close = () => setOpen(false);
  return (
    <>
      <button type="button" className="btn prime end" data-testid="new" onClick={() => setOpen(true)}>
        <Icon d={PLUS} />
        <span className="wide">
          <Both of={texts.new_counter} />
        </span>
      </button>
      {open && (
        <Sheet
          title={<Both of={texts.new_counter} />}
          onClose={close}
          onSubmit={(form) => send(form, texts)}
          actions={
            <>
              <button type="button" className="btn edge" onClick={close}>
                <Both of={texts.never_mind} />
              </button>
              <button type="submit" className="btn prime" data-testid="confirm">
                <Both of={texts.make} />
              </button>
            </>
          }
        >
          <Field text={texts.name} name="name" defaultValue={search} dir="auto" required />
          <Colours texts={texts} />
          <div className="pair">
            <Field text={texts.step} name="step" inputMode="numeric" placeholder="1" />
            <Field text={texts.goal} name="goal" inputMode="numeric" />
          </div>
          <div className="pair">
            <Field text={texts.upper} name="upper" inputMode="numeric" />
            <label className="check">
              <input type="checkbox" name="negative" data-testid="negative" />
              <span>
                <Both of={texts.below_zero} />
              </span>
            </label>
          </div>
        </Sheet>
      )}
    </>
  );
};

const Field = ({ text, name, ...input }) => (
  <label className="field">
    <Both of={text} />
    <span className="input">
      <input name={name} data-testid={name} autoComplete="off" {...input} />
    </span>
  </label>
);

const Colours = ({ texts }) => (
  <fieldset className="field colours">
    <legend>
      <Both of={texts.colour} />
    </legend>
    {COLOURS.map((colour) => (
      <label key={colour}>
        <input type="radio" name="colour" value={colour} defaultChecked={colour === ""} data-testid={`colour-${colour || "sun"}`} />
        <span className="mini" data-colour={colour || undefined} />
        <span className="sr">
          <Both of={texts[`colour_${colour || "sun"}`]} />
        </span>
      </label>
    ))}
  </fieldset>
);

/** Digits as people write them; null for an empty field, NaN for what is no whole number. */
const whole = (text) => {
  const digits = text.replace(/[\s.,'\u00a0\u202f]/g, "").replace("−", "-");
  if (digits === "") return null;
  return /^-?\d{1,16}$/.test(digits) ? Number(digits) : NaN;
};

const send = async (form, texts) => {
  const [step, goal, upper] = ["step", "goal", "upper"].map((name) => whole(form.get(name)));
  if ([step, goal, upper].some(Number.isNaN)) return { error: "number", sentences: texts.not_whole };
  return make({
    name: form.get("name"),
    colour: form.get("colour"),
    step: step ?? 1,
    goal,
    upper,
    lower: form.get("negative") ? null : 0,
  });
};
