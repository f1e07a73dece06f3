/* The boards that a person keeps on this device, by name. They are nobody else's: a link shares one. */

const KEY = "clickcounter.boards";
const MOST = 50;

const isBoard = (board) =>
  typeof board?.name === "string" &&
  board.name !== "" &&
  Array.isArray(board.counters) &&
  board.counters.length > 0 &&
  board.counters.every((counter) => typeof counter === "string");

/** All of them. What stands there may be anything: other versions wrote it, or another page. */
export const savedBoards = () => {
  try {
    const found = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(found) ? found.filter(isBoard).map(({ name, counters }) => ({ name, counters })) : [];
  } catch {
    return [];
  }
};

/** Returns false where the browser stores nothing. */
const store = (boards) => {
  try {
    localStorage.setItem(KEY, JSON.stringify(boards.slice(0, MOST)));
    return true;
  } catch {
    return false;
  }
};

export const isSaved = (name) => savedBoards().some((board) => board.name === name);

const sameCounters = (a, b) => a.counters.join() === b.counters.join();

/** Whether this very board is kept. */
export const isKept = (board) => savedBoards().some((kept) => kept.name === board.name && sameCounters(kept, board));

/** Keep a board, in place of the one of the same name. */
export const saveBoard = ({ name, counters }) =>
  store([{ name, counters }, ...savedBoards().filter((board) => board.name !== name)]);

export const renameBoard = (name, newName) =>
  store(savedBoards().map((board) => (board.name === name ? { ...board, name: newName } : board)));

export const deleteBoard = (name) => store(savedBoards().filter((board) => board.name !== name));

/** A board was changed on the screen. The kept one changes with it, unless that was another board of the same name. */
export const followChange = (before, after) => {
  const boards = savedBoards();
  const kept = boards.find((board) => board.name === before.name && sameCounters(board, before));
  if (!kept || !after.counters.length) return;
  store(boards.map((board) => (board === kept ? { ...board, counters: after.counters } : board)));
};

/** Calls `listener` when another tab changes them. Returns a function that stops that. */
export const onBoardsChange = (listener) => {
  const onStorage = ({ key }) => (key === KEY || key === null) && listener();
  addEventListener("storage", onStorage);
  return () => removeEventListener("storage", onStorage);
};
