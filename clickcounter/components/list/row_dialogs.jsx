/* What is asked before a counter of the list gets another name or goes away for good. */
import { useState } from "react";
import { Both } from "./counter_tab.jsx";
import { askAs } from "./list_tab.jsx";
import { Sheet } from "./sheet.jsx";

const Cancel = ({ text, onClose, focus }) => (
  <button type="button" className="btn edge" onClick={onClose} data-first={focus}>
    <Both of={text} />
  </button>
);

export const Rename = ({ row, texts, onClose }) => (
  <Sheet
    title={<Both of={texts.rename_title} />}
    onClose={onClose}
    onSubmit={(form) => askAs("change", row.slug, { name: form.get("name") })}
    actions={
      <>
        <Cancel text={texts.cancel} onClose={onClose} />
        <button type="submit" className="btn prime" data-testid="confirm">
          <Both of={texts.rename} />
        </button>
      </>
    }
  >
    <label className="field">
      <Both of={texts.name} />
      <span className="input">
        <input name="name" defaultValue={row.name} dir="auto" autoComplete="off" data-testid="name" required />
      </span>
    </label>
  </Sheet>
);

export const Delete = ({ row, texts, onClose }) => {
  const name = row.name || row.slug; // the first counter may have no name
  const [typed, type] = useState("");
  return (
    <Sheet
      title={
        <>
          <Both of={texts.delete_title} /> «<bdi>{name}</bdi>»?
        </>
      }
      onClose={onClose}
      onSubmit={() => askAs("delete", row.slug, typed)}
      actions={
        <>
          <Cancel text={texts.cancel} onClose={onClose} focus />
          <button type="submit" className="btn danger" data-testid="confirm" disabled={typed.trim() !== name.trim()}>
            <Both of={texts.delete_n} n={row.value} />
          </button>
        </>
      }
    >
      <p>
        <Both of={texts.delete_why} n={row.value} />
      </p>
      <label className="field">
        <Both of={texts.delete_name_again} />
        <span className="input">
          <input value={typed} onChange={({ target }) => type(target.value)} dir="auto" autoComplete="off" data-testid="name" />
        </span>
      </label>
    </Sheet>
  );
};

