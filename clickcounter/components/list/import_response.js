/* What the server says about an import: lines of JSON, while it goes on. A proxy may answer in its place, with a page of HTML. */

const LOST = { error: "lost" };
const TOO_LARGE = 413; // HTTP status

const parse = (line) => {
  try {
    return Object(JSON.parse(line));
  } catch {
    return LOST;
  }
};

/** The last whole line so far: how far the import is, { written, known } or an error; null while there is none. */
export const lastLine = (text) => {
  const lines = text.slice(0, text.lastIndexOf("\n") + 1).trim();
  return lines ? parse(lines.slice(lines.lastIndexOf("\n") + 1)) : null;
};

/** What became of the import, { written, known } or an error, once the response has ended. */
export const outcome = (status, text) => {
  const last = lastLine(text);
  if (last?.written !== undefined || (last?.error && last !== LOST)) return last;
  return status === TOO_LARGE ? { error: "import_large" } : LOST; // of a proxy, or cut off
};

/** The text that says what is under way: the upload { sent }, or what a line of the server tells. */
export const stageOf = (status) => {
  if (status.sent !== undefined) return "import_sending";
  if (status.waiting) return "import_waiting";
  if (status.checked !== undefined) return "import_checking";
  return status.done === undefined ? null : "import_writing";
};

/** How much of the stage is done, 0 to 1; undefined where nobody knows. */
export const shareOf = ({ sent, checked, size, done, whole }) => {
  if (sent !== undefined) return sent;
  if (checked !== undefined) return checked / Math.max(1, size);
  return done === undefined ? undefined : done / Math.max(1, whole);
};
