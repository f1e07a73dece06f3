/* The rows of the history that a tab keeps below the newest page. */
import assert from "node:assert/strict";
import test from "node:test";
import { keptOlder, madeWith, without } from "../../clickcounter/components/history/rows.js";

const row = (id, kind = "click") => ({ id, key: `${kind} ${id}`, kind, round: 1, saved_at: id, pressed_at: id });
const rows = (...ids) => ids.map((id) => row(id));
const deleted = (newest, ...keys) => ({ newest, oldest: 0, keys });

test("a deleted note leaves older pages, and everything else stays", () => {
  const loaded = { rows: [...rows(9, 8), row(5, "note"), ...rows(4, 3)], deleted: deleted(1, "note 2") };
  const kept = (...more) => keptOlder({ rows: rows(10, 9, 8), deleted: deleted(...more) }, loaded)?.map(({ id }) => id);
  assert.deepEqual(kept(1, "note 2"), [5, 4, 3]);
  assert.deepEqual(kept(2, "note 5", "note 2"), [4, 3]);
  assert.deepEqual(without(deleted(2, "note 5"), loaded.rows), rows(9, 8, 4, 3));
});

test("nothing older stays where a deletion may be unknown, or where there is a gap", () => {
  const loaded = { rows: rows(9, 8, 4), deleted: deleted(1, "note 2") };
  assert.equal(keptOlder({ rows: rows(10, 9), deleted: { ...deleted(4, "note 7", "note 6"), oldest: 3 } }, loaded), null);
  assert.equal(keptOlder({ rows: rows(12, 11), deleted: deleted(1, "note 2") }, loaded), null);
  const reused = { rows: [{ ...row(9), key: "another with a deleted note's id" }], deleted: deleted(1, "note 2") };
  assert.equal(keptOlder(reused, loaded), null);
});

test("a note belongs to the press at its moment in its round", () => {
  const note = { ...row(20, "note"), pressed_at: 8 };
  const others = [{ ...row(7), pressed_at: 8, round: 2 }, { ...row(6, "note"), pressed_at: 8 }, row(9), row(8)];
  assert.equal(madeWith(note, [note, ...others]), others[3]);
  assert.equal(madeWith(note, [note, ...others.slice(0, 3)]), undefined);
  assert.equal(madeWith(row(8), others), undefined);
});
