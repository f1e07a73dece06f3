/* The forms of the account page. */
import { Suspense, useState } from "react";
import { MAX_ACCOUNT_NAME } from "../shared/constants.js";
import { Field } from "../shared/form_dialog.jsx";
import { T, useTexts } from "../shared/i18n.jsx";
import { ErrorMessage } from "../shared/modal.jsx";

export const withSentences = ({ error, sentences }, texts) => ({ error, sentences: sentences ?? texts[error] ?? texts.not_now });

/** `action(fields)` resolves to an answer; `onDone(answer)` runs if that has no error, `onError(answer)` if it has one. */
export const Form = ({ testId, submit, look = "prime", action, onDone, onError, children }) => {
  const texts = useTexts();
  const [failed, setFailed] = useState(null);
  const [busy, setBusy] = useState(false);
  const onSubmit = async (event) => {
    event.preventDefault();
    if (busy) return;
    const form = event.target;
    setBusy(true);
    const answer = await action(Object.fromEntries(new FormData(form)));
    setBusy(false);
    setFailed(answer.error ? withSentences(answer, texts) : null);
    if (answer.error) return onError?.(answer);
    form.reset();
    onDone(answer);
  };
  return (
    <form onSubmit={onSubmit} aria-busy={busy} data-testid={testId}>
      {children}
      <ErrorMessage reply={failed} />
      <button type="submit" className={`btn ${look}`}>
        {typeof submit === "string" ? <T id={submit} /> : submit}
      </button>
    </form>
  );
};

export const NameField = (props) => <Field name="name" label="name" autoComplete="username" maxLength={MAX_ACCOUNT_NAME} {...props} />;

export const PasswordField = ({ name = "password", label = "password", isNew }) => (
  <Field
    name={name}
    label={label}
    type="password"
    dir="ltr"
    autoComplete={isNew ? "new-password" : "current-password"}
    hint={isNew ? "password_hint" : undefined}
  />
);

/** The second factor's code. */
export const CodeField = (props) => <Field name="code" dir="ltr" autoComplete="one-time-code" spellCheck={false} {...props} />;

/** A section whose content is loaded when somebody opens it. */
export const LazySection = ({ id, children }) => {
  const [opened, setOpened] = useState(false);
  return (
    <details data-testid={id} onToggle={({ currentTarget }) => currentTarget.open && setOpened(true)}>
      <summary>
        <T id={id} />
      </summary>
      {opened && <Suspense fallback={null}>{children}</Suspense>}
    </details>
  );
};

export const Section = ({ id, children }) => (
  <details data-testid={id}>
    <summary>
      <T id={id} />
    </summary>
    {children}
  </details>
);
