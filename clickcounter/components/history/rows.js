/* The rows of the history that a tab has loaded: the newest page, which follows every change, and older pages below it. */

const NOTABLE = new Set(["click", "correction"]); // what gets notes
export const NONE = { newest: 0, oldest: 0, keys: [] }; // of a server of an older version

/** Of a group by time, then by counter; within a counter by round. */
const newestFirst = (a, b) =>
  (b.time ?? 0) - (a.time ?? 0) ||
  (b.door ?? 0) - (a.door ?? 0) ||
  b.round - a.round ||
  b.saved_at - a.saved_at ||
  b.id - a.id;

/** Whether two entries belong to one round. */
const areOfOneRound = (a, b) => a.round === b.round && a.door === b.door;

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

/** Whether one was added after another of its round that was saved later: its time came with an imported file. */
export const isOutOfOrder = (all) => {
  const rows = all.filter(({ kind }) => kind !== "note"); // whose place is its own time
  const above = new Map(); // by counter
  return rows.some((row) => {
    const last = above.get(row.door);
    above.set(row.door, row);
    return last && areOfOneRound(row, last) && row.id > last.id;
  });
};

/** The press that a note was added to: the note stands at the very moment at which it was made. It was saved later than that,
 * so that it is loaded where the note is. */
export const madeWith = (note, rows) =>
  note.kind === "note"
    ? rows.find((row) => NOTABLE.has(row.kind) && row.pressed_at === note.pressed_at && areOfOneRound(row, note))
    : undefined;
