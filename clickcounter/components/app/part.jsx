/* A part of a page that is loaded when it is first used. */
import { lazy } from "react";
import { APP_TEXTS } from "../shared/constants.js";
import { Bilingual } from "../shared/i18n.jsx";

/** The component that a file exports as its default, or why it is missing: the connection broke, or a new version has replaced it. */
export const part = (load) => lazy(() => load().catch(() => ({ default: Missing })));

/** In a dialog's place, which has a `close`, it is one. */
const Missing = ({ close }) => {
  const text = (
    <p className="sentence" role="alert" data-testid="part-missing">
      <Bilingual text={APP_TEXTS.part_missing} />
    </p>
  );
  if (!close) return text;
  return (
    <dialog className="dlg" closedby="any" ref={(dialog) => dialog?.open === false && dialog.showModal()} onClose={close}>
      <div className="content">{text}</div>
      <p className="acts">
        <Reload className="prime" />
      </p>
    </dialog>
  );
};

export const Reload = ({ className }) => (
  <button type="button" className={`btn ${className}`} data-testid="reload" onClick={() => location.reload()}>
    <Bilingual text={APP_TEXTS.reload} />
  </button>
);
