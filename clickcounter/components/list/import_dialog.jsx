/* The dialog that brings a file in: an export, or a table with the columns when and amount. */
import { useState } from "react";
import env from "$/env.json";
import { getBackendURL } from "$/utils/state";
import { Both } from "./counter_tab.jsx";
import { deviceSecret } from "./list_tab.jsx";
import { zone } from "./moments.js";
import { Sheet } from "./sheet.jsx";

const LARGEST = 512 * 1024 * 1024; // bytes, as the server has it
const address = () => new URL("/import", new URL(getBackendURL(env.EVENT)).origin.replace(/^ws/, "http"));

export const ImportFile = ({ texts }) => {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="btn" data-testid="import" onClick={() => setOpen(true)}>
        <Both of={texts.import} />
      </button>
      {open && <Dialog texts={texts} close={() => setOpen(false)} />}
    </>
  );
};

const Dialog = ({ texts, close }) => {
  const [table, isTable] = useState(false);
  const [told, tell] = useState(null);
  const done = told?.written !== undefined;
  const onSubmit = async (form) => {
    if (done) return { error: null };
    const file = form.get("file");
    if (file.size > LARGEST) return { error: "import_large", sentences: texts.import_large };
    const last = await send(file, form.get("counter") ?? "counter", await deviceSecret(), tell);
    tell(last.error ? null : last);
    return last.error ? { ...last, sentences: last.sentences ?? texts.import_lost } : null;
  };
  const actions = (
    <>
      {!done && (
        <button type="button" className="btn edge" onClick={close}>
          <Both of={texts.never_mind} />
        </button>
      )}
      <button type="submit" className="btn prime" data-testid="confirm">
        <Both of={done ? texts.import_close : texts.import_do} />
      </button>
    </>
  );
  return (
    <Sheet title={<Both of={texts.import_title} />} name="import" urgent onClose={close} onSubmit={onSubmit} actions={actions}>
      {!done && (
        <>
          <p className="quiet small">
            <Both of={texts.import_said} />
          </p>
          <label className="field">
            <Both of={texts.import_file} />
            <input
              type="file"
              name="file"
              accept=".jsonl,.csv,.ndjson"
              required
              data-testid="file"
              onChange={({ target }) => isTable(/\.csv$/i.test(target.files[0]?.name ?? ""))}
            />
          </label>
          {table && (
            <label className="field">
              <Both of={texts.import_counter} />
              <span className="input">
                <input name="counter" defaultValue="counter" dir="ltr" autoComplete="off" required data-testid="import-counter" />
              </span>
            </label>
          )}
        </>
      )}
      <HowFar told={told} texts={texts} />
    </Sheet>
  );
};

const HowFar = ({ told, texts }) => (
  <div role="status" data-testid="import-told" data-written={told?.written} data-known={told?.known}>
    {told?.written !== undefined && (
      <p>
        <Both of={texts.import_done} n={told.written} known={told.known} />
      </p>
    )}
    {told && told.written === undefined && (
      <>
        <Both of={told.sent === undefined ? texts.import_writing : texts.import_sending} done={told.done} whole={told.whole} />
        <progress max="1" value={told.sent ?? told.done / Math.max(1, told.whole)} />
      </>
    )}
  </div>
);

/** Sends a file and tells how far it is; resolves to the last line of the answer. Only XMLHttpRequest says how much is sent. */
const send = (file, counter, device, tell) =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const url = address();
    url.search = new URLSearchParams({ counter, zone: zone() });
    const newest = () => {
      const whole = request.responseText.slice(0, request.responseText.lastIndexOf("\n") + 1).trim();
      return whole ? JSON.parse(whole.slice(whole.lastIndexOf("\n") + 1)) : { error: "lost" };
    };
    request.open("POST", url);
    request.withCredentials = true; // whoever is signed in
    request.setRequestHeader("X-Click-Counter", device);
    request.upload.onprogress = ({ loaded, total }) => tell({ sent: loaded / total });
    request.onprogress = () => request.status === 200 && newest().error === undefined && tell(newest());
    request.onloadend = () => {
      const last = newest();
      resolve(last.done === undefined ? last : { error: "lost" }); // cut off in the middle
    };
    request.send(file);
  });
