/* What the dialog asks of the server: to look at a file, to import it, to undo an import.
 *
 * By XMLHttpRequest, because fetch does not tell how much was sent. */
import { backendUrl } from "../shared/backend_url.js";
import { MAX_IMPORT_BYTES } from "../shared/constants.js";
import { timeZone } from "../shared/dates.js";
import { lastLine, outcome, stageOf } from "./import_response.js";

/** What a file holds, as it would be counted. `asked` is { counter, answers }: where rows go that name no counter, and what
 * was chosen, by setting. */
export const lookAt = (file, asked, secret, onStatus, signal) =>
  upload("/import/preview", file, asked, secret, onStatus, signal);

export const importFile = (file, asked, secret, onStatus, signal) => upload("/import", file, asked, secret, onStatus, signal);

export const undoImport = (id, secret, onStatus) =>
  post(backendUrl("/import/undo"), JSON.stringify({ import: id }), secret, onStatus);

const upload = async (path, file, ...rest) => {
  if (file.size > MAX_IMPORT_BYTES) return { error: "import_large" };
  const reply = (await isReadable(file)) ? await send(path, file, ...rest) : null;
  // A file that another program has changed since it was chosen looks like a lost connection.
  return reply && (reply.error !== "lost" || (await isReadable(file))) ? reply : { error: "import_unreadable" };
};

const isReadable = (file) =>
  file.slice(0, 1).arrayBuffer().then(
    () => true,
    () => false, // a folder; moved or changed
  );

const send = (path, file, { counter, answers }, secret, onStatus, signal) => {
  const url = backendUrl(path);
  const chosen = Object.entries(answers).map(([setting, value]) => ["map", `${setting}=${value}`]);
  url.search = new URLSearchParams([["counter", counter], ["zone", timeZone()], ["name", file.name], ...chosen]);
  return post(url, file, secret, onStatus, signal);
};

/** Resolves to the answer or an error. */
const post = (url, body, secret, onStatus, signal) =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.withCredentials = true; // to be recognized if signed in
    request.setRequestHeader("X-Click-Counter", secret);
    request.upload.onprogress = ({ loaded, total }) => onStatus({ sent: loaded / total });
    request.onprogress = () => {
      const line = lastLine(request.responseText);
      if (line && stageOf(line)) onStatus(line);
    };
    request.onloadend = () => resolve(outcome(request.status, request.responseText));
    signal?.addEventListener("abort", () => request.abort());
    request.send(body);
  });
