/* A native modal dialog: the browser keeps the focus inside and closes it at Escape. On phones it is at the lower edge. */
import { useEffect, useId, useRef, useState } from "react";
import { PAGE_FAILED } from "./constants.js";
import { Bilingual } from "./i18n.jsx";
import { Icon } from "./icons.jsx";

/** What `onSubmit` resolves to; where it fails, an error instead, so that the person can try again. */
const replyOf = async (onSubmit, form) => {
  try {
    return await onSubmit(new FormData(form));
  } catch (error) {
    console.error(error);
    return { error: "page_failed", sentences: PAGE_FAILED };
  }
};

/** Open as long as it is on the page. `onSubmit(formData)` resolves to a reply of the server; the modal closes if that has no
 * error. An `urgent` one must be answered: a press outside does not close it, nor one that `stays`. */
export const Modal = ({ title, name, urgent, stays = urgent, onClose, onSubmit, children, actions }) => {
  const dialog = useRef(null);
  const [heading, content] = [useId(), useId()];
  const [reply, setReply] = useState(null);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    dialog.current.showModal();
    dialog.current.querySelector("[data-first]")?.focus();
  }, []);

  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const newReply = await replyOf(onSubmit, event.target);
    setBusy(false);
    setReply(newReply);
    if (newReply && !newReply.error) onClose();
  };

  return (
    <dialog
      ref={dialog}
      className="dlg"
      role={urgent ? "alertdialog" : undefined}
      data-testid={name && `dialog-${name}`}
      aria-labelledby={heading}
      aria-describedby={urgent ? content : undefined}
      onClose={onClose}
      onPointerDown={(event) => event.target === dialog.current && !stays && isOutside(event) && onClose()}
    >
      <form onSubmit={submit} aria-busy={busy}>
        <h2 id={heading}>{title}</h2>
        <div id={content} className="content">
          {children}
        </div>
        <ErrorMessage reply={reply} />
        <p className="acts">{actions}</p>
      </form>
    </dialog>
  );
};

/** A press on the backdrop rather than on the dialog's own margin. */
const isOutside = ({ target, clientX, clientY }) => {
  const box = target.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
};

/** Why the server refused, if it did. */
export const ErrorMessage = ({ reply }) => (
  <p className="bad small sentence" role="alert" data-testid="sentence" data-code={reply?.error || undefined}>
    {reply?.error && (
      <>
        <Icon name="alert" /> <Bilingual text={reply.sentences} />
      </>
    )}
  </p>
);
