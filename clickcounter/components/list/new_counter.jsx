/* The button and the form that create a counter. Only the name is required. */
import { useState } from "react";
import { COLOURS } from "../shared/constants.js";
import { Bilingual } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { Modal } from "../shared/modal.jsx";
import { parseWholeNumber } from "../shared/numbers.js";
import { useList } from "./list_provider.jsx";
import { createCounter } from "./list_store.js";

export const NewCounter = ({ texts }) => {
  const [open, setOpen] = useState(false);
  const { search } = useList();
  const close = () => setOpen(false);
  const actions = (
    <>
      <button type="button" className="btn edge" onClick={close}>
        <Bilingual text={texts.never_mind} />
      </button>
      <button type="submit" className="btn prime" data-testid="confirm">
        <Bilingual text={texts.make} />
      </button>
    </>
  );
  return (
    <>
      <button type="button" className="btn prime end" data-testid="new" onClick={() => setOpen(true)}>
        <Icon name="plus" />
        <span className="wide">
          <Bilingual text={texts.new_counter} />
        </span>
      </button>
      {open && (
        <Modal
          title={<Bilingual text={texts.new_counter} />}
          onClose={close}
          onSubmit={(form) => submit(form, texts)}
          actions={actions}
        >
          <Field label={texts.name} name="name" defaultValue={search} dir="auto" required />
          <ColourPicker texts={texts} />
          <div className="pair">
            <Field label={texts.step} name="step" inputMode="numeric" placeholder="1" />
            <Field label={texts.goal} name="goal" inputMode="numeric" />
          </div>
          <div className="pair">
            <Field label={texts.upper} name="upper" inputMode="numeric" />
            <Field label={texts.opening} name="opening" inputMode="text" placeholder="0" />
          </div>
          <label className="check">
            <input type="checkbox" name="negative" data-testid="negative" />
            <span>
              <Bilingual text={texts.below_zero} />
            </span>
          </label>
        </Modal>
      )}
    </>
  );
};

const Field = ({ label, name, ...input }) => (
  <label className="field">
    <Bilingual text={label} />
    <span className="input">
      <input name={name} data-testid={name} autoComplete="off" {...input} />
    </span>
  </label>
);

const ColourPicker = ({ texts }) => (
  <fieldset className="field colours">
    <legend>
      <Bilingual text={texts.colour} />
    </legend>
    {COLOURS.map((colour) => (
      <label key={colour}>
        <input
          type="radio"
          name="colour"
          value={colour}
          defaultChecked={colour === ""}
          data-testid={`colour-${colour || "sun"}`}
        />
        <span className="mini" data-colour={colour || undefined} />
        <span className="sr">
          <Bilingual text={texts[`colour_${colour || "sun"}`]} />
        </span>
      </label>
    ))}
  </fieldset>
);

const submit = async (form, texts) => {
  const [step, goal, upper, opening] = ["step", "goal", "upper", "opening"].map((name) => parseWholeNumber(form.get(name)));
  if ([step, goal, upper, opening].some(Number.isNaN)) return { error: "number", sentences: texts.not_whole };
  return createCounter({
    name: form.get("name"),
    colour: form.get("colour"),
    step: step ?? 1,
    goal,
    upper,
    opening: opening ?? 0,
    lower: form.get("negative") ? null : 0,
  });
};
