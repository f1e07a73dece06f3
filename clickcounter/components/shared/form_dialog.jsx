/* A modal with a form that does one thing, and its fields. */
import { useEffect, useId, useState } from "react";
import { T, errorText, useTexts } from "./i18n.jsx";
import { Icon } from "./icons.jsx";
import { Modal } from "./modal.jsx";

const COPIED_FOR = 2000; // ms that the button says so

/** `action(fields)` returns the server's reply, or a promise of it; `onDone(result)` runs if that has no error. `keep` is the
 * text of the button that changes nothing; with it, the focus starts there; `cancel` is its text without that. `cannot` disables
 * the other one. */
export const FormDialog = ({ action, onDone, submit, keep, cancel = "cancel", danger, cannot, children, close, ...modal }) => {
  const texts = useTexts();
  const onSubmit = async (form) => {
    const reply = await action(Object.fromEntries(form));
    if (!reply.error) onDone?.(reply.result);
    return { error: reply.error, sentences: errorText(reply, texts) };
  };
  const actions = (
    <>
      <button type="button" className="btn edge" data-testid="keep" data-first={keep ? "" : undefined} onClick={close}>
        <T id={keep ?? cancel} />
      </button>
      <button type="submit" className={`btn ${danger ? "danger" : "prime"}`} data-testid="submit" disabled={cannot}>
        {submit}
      </button>
    </>
  );
  return (
    <Modal {...modal} onClose={close} onSubmit={onSubmit} actions={actions}>
      {children}
    </Modal>
  );
};

/** A modal that only shows something. */
export const InfoDialog = ({ close, children, ...modal }) => (
  <Modal
    {...modal}
    onClose={close}
    onSubmit={() => SUCCESS}
    actions={
      <button type="submit" className="btn edge" data-testid="close" data-first="">
        <T id="close" />
      </button>
    }
  >
    {children}
  </Modal>
);

/** A field with its label above and a hint below. */
export const Field = ({ label, hint, multiline, autoFocus, ...input }) => {
  const Tag = multiline ? "textarea" : "input";
  return (
    <label className="field">
      <span>
        <T id={label} />
      </span>
      <span className="input">
        <Tag dir="auto" autoComplete="off" data-first={autoFocus ? "" : undefined} {...input} />
      </span>
      {hint && (
        <small className="quiet">
          <T id={hint} />
        </small>
      )}
    </label>
  );
};

/** A link, a key or a piece of code, to copy. */
export const LinkField = ({ label, link, testId, autoFocus }) => {
  const id = useId();
  return (
    <label className="field">
      <span id={id}>
        <T id={label} />
      </span>
      <span className="input">
        <input
          readOnly
          dir="ltr"
          value={link}
          data-testid={testId}
          data-first={autoFocus ? "" : undefined}
          onFocus={selectAll}
        />
        <CopyButton link={link} describedBy={id} />
      </span>
    </label>
  );
};

/** Selects what is in the field, whose beginning stays in view. */
const selectAll = ({ target }) => {
  target.select();
  requestAnimationFrame(() => (target.scrollLeft = 0));
};

/** Browsers have a clipboard on https only; elsewhere the link is selected, to be copied by hand. */
const CopyButton = ({ link, describedBy }) => {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    const timer = copied && setTimeout(() => setCopied(false), COPIED_FOR);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (event) => {
    const field = event.currentTarget.previousElementSibling;
    field.select();
    try {
      await navigator.clipboard.writeText(link);
      setCopied(true);
    } catch {
      setCopied(document.execCommand("copy"));
    }
  };
  return (
    <button type="button" className="btn" aria-describedby={describedBy} data-testid="copy" onClick={copy}>
      <Icon name={copied ? "check" : "copy"} />
      <span aria-live="polite">
        <T id={copied ? "copied" : "copy"} />
      </span>
    </button>
  );
};

/** Replies of this page's own, without asking the server. */
export const failure = (error) => ({ error, sentences: null, result: null });
export const SUCCESS = failure(null);
