/* What the server says about a file: lines of JSON, the last of which is its answer. A proxy may answer in its place, with a
 * page of HTML. */

const LOST = { error: "lost" };
const TOO_LARGE = 413; // HTTP status

const parse = (line) => {
  try {
    return Object(JSON.parse(line));
  } catch {
    return LOST;
  }
};

/** The last whole line so far: how far it is, the answer or an error; null while there is none. */
export const lastLine = (text) => {
  const lines = text.slice(0, text.lastIndexOf("\n") + 1).trim();
  return lines ? parse(lines.slice(lines.lastIndexOf("\n") + 1)) : null;
};

/** The answer or an error, once the response has ended. */
export const outcome = (status, text) => {
  const last = lastLine(`${text}\n`) ?? LOST;
  if (last !== LOST && Object.keys(last).length && !stageOf(last)) return last;
  return status === TOO_LARGE ? { error: "import_large" } : LOST; // of a proxy, or cut off
};

/** The text that says what is under way: the upload { sent }, or what a line of the server tells. */
export const stageOf = (status) => {
  if (status.sent !== undefined) return status.sent < 1 ? "import_sending" : "import_reading";
  if (status.waiting) return "import_waiting";
  if (status.checked !== undefined) return "import_checking";
  return status.done === undefined ? null : "import_writing";
};

/** How much of the stage is done, 0 to 1; undefined where nobody knows. */
export const shareOf = ({ sent, checked, size, done, whole }) => {
  if (sent !== undefined) return sent < 1 ? sent : undefined;
  if (checked !== undefined) return checked / Math.max(1, size);
  return done === undefined ? undefined : done / Math.max(1, whole);
};
