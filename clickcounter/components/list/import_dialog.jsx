/* The button and the dialog that import a file: an export, or a table with the columns `when` and `amount`. */
import { useState } from "react";
import { backendUrl } from "../shared/backend_url.js";
import { DEFAULT_COUNTER, MAX_IMPORT_BYTES } from "../shared/constants.js";
import { timeZone } from "../shared/dates.js";
import { Bilingual } from "../shared/i18n.jsx";
import { Modal } from "../shared/modal.jsx";
import { lastLine, outcome, shareOf, stageOf } from "./import_response.js";
import { deviceSecret } from "./list_store.js";

export const ImportFile = ({ texts }) => {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="btn" data-testid="import" onClick={() => setOpen(true)}>
        <Bilingual text={texts.import} />
      </button>
      {open && <ImportDialog texts={texts} close={() => setOpen(false)} />}
    </>
  );
};

const ImportDialog = ({ texts, close }) => {
  const [isTable, setIsTable] = useState(false);
  const [status, setStatus] = useState(null); // { sent }, a line of the server, or at the end { written, known }
  const done = status?.written !== undefined;
  const running = status !== null && !done;
  const onSubmit = async (form) => {
    if (done) return { error: null };
    const file = form.get("file");
    if (file.size > MAX_IMPORT_BYTES) return { error: "import_large", sentences: texts.import_large };
    const secret = await deviceSecret();
    setStatus({ sent: 0 });
    const result = await upload(file, form.get("counter"), secret, setStatus);
    setStatus(result.error ? null : result);
    return result.error ? { ...result, sentences: result.sentences ?? texts[result.error] ?? texts.import_lost } : null;
  };
  const actions = (
    <>
      {!done && (
        <button type="button" className="btn edge" onClick={close}>
          <Bilingual text={texts.never_mind} />
        </button>
      )}
      <button type="submit" className="btn prime" data-testid="confirm" aria-disabled={running}>
        <Bilingual text={done ? texts.import_close : texts.import_do} />
      </button>
    </>
  );
  return (
    <Modal
      title={<Bilingual text={texts.import_title} />}
      name="import"
      urgent
      onClose={close}
      onSubmit={onSubmit}
      actions={actions}
    >
      {!done && (
        <>
          <p className="quiet small">
            <Bilingual text={texts.import_said} />
          </p>
          <label className="field">
            <Bilingual text={texts.import_file} />
            <input
              type="file"
              name="file"
              accept=".jsonl,.csv,.ndjson"
              required
              data-testid="file"
              onChange={({ target }) => setIsTable(/\.csv$/i.test(target.files[0]?.name ?? ""))}
            />
          </label>
          {isTable && (
            <label className="field">
              <Bilingual text={texts.import_counter} />
              <span className="input">
                <input
                  name="counter"
                  defaultValue={DEFAULT_COUNTER}
                  dir="ltr"
                  autoComplete="off"
                  required
                  data-testid="import-counter"
                />
              </span>
            </label>
          )}
        </>
      )}
      <ImportStatus status={status} texts={texts} />
    </Modal>
  );
};

const ImportStatus = ({ status, texts }) => (
  <div role="status" data-testid="import-told" data-written={status?.written} data-known={status?.known}>
    {status?.written !== undefined && (
      <p>
        <Bilingual text={texts.import_done} n={status.written} known={status.known} />
      </p>
    )}
    {status && status.written === undefined && (
      <label className="field">
        <Bilingual text={texts[stageOf(status)]} done={status.done} whole={status.whole} />
        <progress max="1" value={shareOf(status)} />
      </label>
    )}
  </div>
);

/** Uploads a file and reports the status; resolves to the outcome. Only a table has to say which counter it goes to.
 * By XMLHttpRequest, because fetch does not tell how much was sent. */
const upload = (file, counter, secret, onStatus) =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const url = backendUrl("/import");
    url.search = new URLSearchParams({ ...(counter !== null && { counter }), zone: timeZone() });
    request.open("POST", url);
    request.withCredentials = true; // to be recognized if signed in
    request.setRequestHeader("X-Click-Counter", secret);
    request.upload.onprogress = ({ loaded, total }) => onStatus({ sent: loaded / total });
    request.onprogress = () => {
      const line = lastLine(request.responseText);
      if (line && stageOf(line)) onStatus(line);
    };
    request.onloadend = () => resolve(outcome(request.status, request.responseText));
    request.send(file);
  });
