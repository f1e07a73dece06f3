/* The rows of the history that a tab has loaded: the newest page, which follows every change, and older pages below it. */

const NOTABLE = new Set(["click", "correction"]); // what gets notes
export const NONE = { newest: 0, oldest: 0, keys: [] }; // of a server of an older version

const newestFirst = (a, b) => b.round - a.round || b.saved_at - a.saved_at || b.id - a.id;

export const merge = (rows, more) => {
  const byId = new Map([...rows, ...more].map((row) => [row.id, row]));
  return [...byId.values()].sort(newestFirst);
};

/** Those that come after the newest ones: of these, the server has told which are left. */
const olderThan = (newest, rows) => {
  const last = newest.at(-1);
  return last ? rows.filter((row) => newestFirst(row, last) > 0) : rows;
};

/** Without the notes that were deleted last. */
export const without = ({ keys }, rows) => rows.filter(({ key }) => !keys.includes(key));

/** The rows below the newest page, after a change; null if there may be a gap, or notes whose deletion nobody told. */
export const keptOlder = ({ rows, deleted }, loaded) => {
  const overlaps = rows.some(({ key }) => loaded.rows.some((row) => row.key === key));
  const isTold = deleted.oldest <= loaded.deleted.newest;
  return overlaps && isTold ? without(deleted, olderThan(rows, loaded.rows)) : null;
};

/** The press that a note was added to: the note stands at the very moment at which it was made. It was saved later than that,
 * so that it is loaded where the note is. */
export const madeWith = ({ kind, round, pressed_at: at }, rows) =>
  kind === "note" ? rows.find((row) => NOTABLE.has(row.kind) && row.pressed_at === at && row.round === round) : undefined;
