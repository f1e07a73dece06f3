/* What the dialogs of the counter page share: a sheet that does one thing, and its fields. */
import { T, useWords } from "./counter_tab.jsx";
import { Sheet } from "./sheet.jsx";

/** `doing(fields)` resolves to the server's reply, or returns a reply at once. `keep` is where the focus starts, and which
 * words stand on the button that changes nothing. */
export const Form = ({ doing, done, submit, keep, danger, children, close, ...sheet }) => {
  const words = useWords();
  const onSubmit = async (form) => {
    const { error, sentences, result } = await doing(Object.fromEntries(form));
    if (!error) done?.(result);
    return { error, sentences: sentences ?? words[error] ?? words.later };
  };
  const actions = (
    <>
      <button type="button" className="btn edge" data-testid="keep" data-first={keep ? "" : undefined} onClick={close}>
        <T of={keep ?? "cancel"} />
      </button>
      <button type="submit" className={`btn ${danger ? "danger" : "prime"}`} data-testid="submit">
        {submit}
      </button>
    </>
  );
  return (
    <Sheet {...sheet} onClose={close} onSubmit={onSubmit} actions={actions}>
      {children}
    </Sheet>
  );
};

/** A sheet that only shows something. */
export const Panel = ({ close, children, ...sheet }) => (
  <Sheet
    {...sheet}
    onClose={close}
    onSubmit={() => ({ error: null })}
    actions={
      <button type="submit" className="btn edge" data-testid="close" data-first="">
        <T of="close" />
      </button>
    }
  >
    {children}
  </Sheet>
);

/** A field with its name above, and below what helps to fill it in. */
export const Field = ({ of, hint, area, first, ...input }) => {
  const Tag = area ? "textarea" : "input";
  return (
    <label className="field">
      <span>
        <T of={of} />
      </span>
      <span className="input">
        <Tag dir="auto" autoComplete="off" data-first={first ? "" : undefined} {...input} />
      </span>
      {hint && (
        <small className="quiet">
          <T of={hint} />
        </small>
      )}
    </label>
  );
};

/** A whole number as people write it; null where nothing is written, NaN where it is none. */
export const whole = (text) => {
  const plain = text.replace(/[\s\u00a0\u202f_.,']/g, "").replace("−", "-");
  if (!plain) return null;
  return /^[+-]?\d{1,16}$/.test(plain) ? Number(plain) : NaN;
};

export const refusal = (error) => ({ error, sentences: null, result: null });
export const DONE = refusal(null);
