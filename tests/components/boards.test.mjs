/* A board's address, its keys, and the boards that a device keeps. */
import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { addressOf, boardChanges, boardOf, countersInLink } from "../../clickcounter/components/board/addresses.js";
import { keyOf, meaningOf } from "../../clickcounter/components/board/board_keys.js";
import {
  deleteBoard,
  followChange,
  isKept,
  isSaved,
  renameBoard,
  saveBoard,
  savedBoards,
} from "../../clickcounter/components/board/saved_boards.js";

const KEY = "clickcounter.boards";
let stored = new Map();

beforeEach(() => {
  stored = new Map();
  globalThis.localStorage = { getItem: (key) => stored.get(key) ?? null, setItem: (key, value) => stored.set(key, value) };
});

const kept = () => savedBoards().map(({ name, counters }) => `${name}: ${counters}`);

test("an address says which counters are on the board, and its name", () => {
  const board = { counters: ["cars", "bikes"], name: "North & Süd, 50 %" };
  assert.deepEqual(boardOf(addressOf(board).replace("/board", "")), { ...board, tooMany: false });
  assert.deepEqual(boardOf("?c=cars%2Cbikes,cars,,%20bus%20&c=tram").counters, ["cars", "bikes", "bus", "tram"]);
  assert.equal(addressOf({ counters: [], name: "" }), "/board");
});

test("a board has twelve counters at most, whatever its address says", () => {
  const many = Array.from({ length: 20 }, (_, i) => `c${i}`);
  assert.deepEqual([boardOf(`?c=${many}`).counters.length, boardOf(`?c=${many}`).tooMany], [12, true]);
  assert.deepEqual(boardOf(`?c=${"x".repeat(65)},a&name=${"n".repeat(200)}`).counters, ["a"]);
});

test("a change starts from the one before, though the page still shows an older board", () => {
  const board = boardChanges();
  const add = (counter) => board.change(({ counters }) => ({ counters: [...counters, counter] })).after.counters.join();
  board.read("?c=a");
  assert.equal(add("b"), "a,b");
  assert.equal(add("c"), "a,b,c");
  board.read("?c=a,b");
  assert.equal(add("d"), "a,b,c,d");
  board.read("?c=a,b,c,d");
  board.change({ counters: ["a", "b", "c", "d"] }); // changes nothing, so no address will tell of it
  board.read("?c=e&name=Another"); // opened meanwhile
  assert.deepEqual(board.change({ name: "E" }).after, { counters: ["e"], name: "E", tooMany: false });
});

test("a pasted link names its counters", () => {
  const links = {
    "https://counter.example/c/cars": ["cars"],
    " http://10.0.0.1:3000/c/cars/history?span=day#top ": ["cars"],
    "/c/cars/display": ["cars"],
    "https://counter.example/board?c=a,b&name=x": ["a", "b"],
    "https://www.example/counter/c/cars/display": ["cars"],
    "https://www.example/a/counter/board?c=a,b": ["a", "b"],
    "https://counter.example/c/%zz": null,
    "https://counter.example/": null,
    cars: null,
    "House sparrow": null,
  };
  for (const [link, counters] of Object.entries(links)) assert.deepEqual(countersInLink(link), counters, link);
});

test("keys 1 to 9 and 0 press, and subtract with Shift, on any layout", () => {
  assert.deepEqual([0, 8, 9, 10].map(keyOf), ["1", "9", "0", null]);
  assert.deepEqual(meaningOf({ code: "Digit1", key: "&" }), { index: 0, sign: 1 });
  assert.deepEqual(meaningOf({ code: "Digit9", key: "(", shiftKey: true }), { index: 8, sign: -1 });
  assert.deepEqual(meaningOf({ code: "Digit0", key: "0" }), { index: 9, sign: 1 });
  assert.deepEqual(meaningOf({ code: "Numpad3", key: "3" }), { index: 2, sign: 1 });
  assert.deepEqual(meaningOf({ code: "NumpadSubtract", key: "-" }), { minus: true });
  assert.deepEqual(meaningOf({ code: "KeyU", key: "г" }), { undo: true });
  assert.equal(meaningOf({ code: "KeyQ", key: "q" }), null);
});

test("an arrow of the numeric pad presses nothing", () => {
  assert.equal(meaningOf({ code: "Numpad1", key: "End" }), null);
});

test("boards are kept under their names, renamed and deleted", () => {
  assert.ok(saveBoard({ name: "Birds", counters: ["tit"] }));
  assert.ok(saveBoard({ name: "Cars", counters: ["bus", "tram"] }));
  assert.ok(saveBoard({ name: "Birds", counters: ["tit", "wren"] }));
  assert.deepEqual(kept(), ["Birds: tit,wren", "Cars: bus,tram"]);
  renameBoard("Cars", "North");
  deleteBoard("Birds");
  assert.deepEqual(kept(), ["North: bus,tram"]);
  assert.deepEqual([isSaved("North"), isSaved("Birds")], [true, false]);
});

test("a board that is changed stays kept, but not in place of another of its name", () => {
  saveBoard({ name: "Birds", counters: ["tit"] });
  followChange({ name: "Birds", counters: ["somebody's"] }, { name: "Birds", counters: ["somebody's", "other"] });
  assert.deepEqual(kept(), ["Birds: tit"]);
  followChange({ name: "Birds", counters: ["tit"] }, { name: "Birds", counters: ["wren", "tit"] });
  followChange({ name: "Birds", counters: ["wren", "tit"] }, { name: "Birds", counters: [] });
  assert.deepEqual(kept(), ["Birds: wren,tit"]);
  assert.ok(isKept({ name: "Birds", counters: ["wren", "tit"] }));
});

test("nonsense in the storage, or none, keeps no boards and breaks nothing", () => {
  const [good, list] = [{ name: "a", counters: ["b"], more: 1 }, [null, 1, "x", {}, { name: "", counters: ["b"] }, { name: "c", counters: [1] }]];
  for (const text of ["", "{", "null", "7", '{"name":"a"}', JSON.stringify(list)]) {
    stored.set(KEY, text);
    assert.deepEqual(kept(), [], text);
  }
  stored.set(KEY, JSON.stringify([...list, good]));
  assert.deepEqual(savedBoards(), [{ name: "a", counters: ["b"] }]);
  globalThis.localStorage = null; // blocked
  assert.deepEqual(kept(), []);
  assert.equal(saveBoard({ name: "a", counters: ["b"] }), false);
});
