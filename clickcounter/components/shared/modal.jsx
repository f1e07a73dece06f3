/* A native dialog: the browser keeps the focus inside and closes it at Escape. On a phone it stands on the lower edge. */
import { useEffect, useId, useRef, useState } from "react";
import { Both, Icon } from "./counter_tab.jsx";

const ALERT = "M12 4.5 3.5 19h17L12 4.5Zm0 5.5v4m0 2.6v.01";

/** Open as long as it is on the page. `onSubmit` resolves to an answer of the server; without an error the sheet closes. An
 * `urgent` one wants an answer: a press beside it does nothing. */
export const Sheet = ({ title, name, urgent, onClose, onSubmit, children, actions }) => {
  const sheet = useRef(null);
  const heading = useId();
  const [answer, setAnswer] = useState(null);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    sheet.current.showModal();
    sheet.current.querySelector("[data-first]")?.focus();
  }, []);

  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const given = await onSubmit(new FormData(event.target));
    setBusy(false);
    setAnswer(given);
    if (given && !given.error) onClose();
  };

  return (
    <dialog
      ref={sheet}
      className="dlg"
      role={urgent ? "alertdialog" : undefined}
      data-testid={name && `dialog-${name}`}
      aria-labelledby={heading}
      onClose={onClose}
      onPointerDown={(event) => event.target === sheet.current && !urgent && outside(event) && onClose()}
    >
      <form onSubmit={submit} aria-busy={busy}>
        <h2 id={heading}>{title}</h2>
        {children}
        <Sentence of={answer} />
        <p className="acts">{actions}</p>
      </form>
    </dialog>
  );
};

/** A press on the veil rather than on the sheet's own margin. */
const outside = ({ target, clientX, clientY }) => {
  const box = target.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
};

/** Why the server did not do it. */
export const Sentence = ({ of }) => (
  <p className="bad small sentence" role="alert" data-testid="sentence" data-code={of?.error || undefined}>
    {of?.error && (
      <>
        <Icon d={ALERT} /> <Both of={of.sentences} />
      </>
    )}
  </p>
);
