/* The dialogs to rename a counter of the list, and to delete it. */
import { useState } from "react";
import { Bilingual } from "../shared/i18n.jsx";
import { Modal } from "../shared/modal.jsx";
import { perform } from "./list_store.js";

const Cancel = ({ text, onClose, autoFocus }) => (
  <button type="button" className="btn edge" onClick={onClose} data-first={autoFocus}>
    <Bilingual text={text} />
  </button>
);

export const Rename = ({ row, texts, onClose }) => (
  <Modal
    title={<Bilingual text={texts.rename_title} />}
    onClose={onClose}
    onSubmit={(form) => perform("change", row.slug, { name: form.get("name") })}
    actions={
      <>
        <Cancel text={texts.cancel} onClose={onClose} />
        <button type="submit" className="btn prime" data-testid="confirm">
          <Bilingual text={texts.rename_do} />
        </button>
      </>
    }
  >
    <label className="field">
      <Bilingual text={texts.name} />
      <span className="input">
        <input name="name" defaultValue={row.name} dir="auto" autoComplete="off" data-testid="name" required />
      </span>
    </label>
  </Modal>
);

export const Delete = ({ row, texts, onClose }) => {
  const name = row.name || row.slug; // the default counter may have no name
  const [typed, setTyped] = useState("");
  return (
    <Modal
      title={<Bilingual text={texts.delete_title} name={name} />}
      onClose={onClose}
      onSubmit={() => perform("delete", row.slug, typed)}
      actions={
        <>
          <Cancel text={texts.cancel} onClose={onClose} autoFocus />
          <button type="submit" className="btn danger" data-testid="confirm" disabled={typed.trim() !== name.trim()}>
            <Bilingual text={texts.delete_do} />
          </button>
        </>
      }
    >
      <p>
        <Bilingual text={texts.delete_why} n={row.value} />
      </p>
      <label className="field">
        <Bilingual text={texts.delete_name_again} />
        <span className="input">
          <input
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
            dir="auto"
            autoComplete="off"
            data-testid="name"
          />
        </span>
      </label>
    </Modal>
  );
};
