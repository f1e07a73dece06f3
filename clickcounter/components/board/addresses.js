/* A board's address says what is on it: /board?c=cars,bikes&name=North%20gate. Pure functions. */

export const MOST_COUNTERS = 12; // of one board, as the server allows
const LONGEST = 64; // characters of a counter's name in an address
const LONGEST_NAME = 100;

const unique = (names) => [...new Set(names.map((name) => name.trim()).filter((name) => name && name.length <= LONGEST))];

/** The counters and the name in the query of a board's address; `tooMany` counters are in it if some had to be left out. */
export const boardOf = (search) => {
  const query = new URLSearchParams(search);
  const named = unique(query.getAll("c").flatMap((list) => list.split(",")));
  return {
    counters: named.slice(0, MOST_COUNTERS),
    name: (query.get("name") ?? "").trim().slice(0, LONGEST_NAME),
    tooMany: named.length > MOST_COUNTERS,
  };
};

/** The address of a board, from the app's root. */
export const addressOf = ({ counters, name }) => {
  const query = [
    counters.length && `c=${counters.map(encodeURIComponent).join(",")}`,
    name && `name=${encodeURIComponent(name)}`,
  ];
  return ["/board", query.filter(Boolean).join("&")].filter(Boolean).join("?");
};

/** The board with all changes made so far. The page draws an address later than it is changed: a second change at once must
 * start from the first one. `read(search)` is told each query that is drawn; `change(part)` returns the board before and after,
 * where `part` is what changes, or makes that of the board. */
export const boardChanges = () => {
  const asked = []; // addresses that are not drawn yet
  let newest = { counters: [], name: "" };
  return {
    read: (search) => {
      const drawn = boardOf(search);
      asked.splice(0, asked.indexOf(addressOf(drawn)) + 1 || asked.length);
      if (!asked.length) newest = drawn;
    },
    change: (part) => {
      const before = newest;
      newest = { ...before, ...(typeof part === "function" ? part(before) : part) };
      if (addressOf(newest) !== addressOf(before)) asked.push(addressOf(newest));
      return { before, after: newest };
    },
  };
};

/** The counters that a pasted link names: a counter's page, or a board, also of an app below a path. null where it is no link. */
export const countersInLink = (text) => {
  const found = /^(?:https?:\/\/[^/]+)?(?:\/[\w-]+)*?(\/(?:c\/[^/?#]+|board)?)(?:\/(?:display|history)?)?(\?[^#]*)?(?:#.*)?$/i.exec(text.trim());
  if (!found) return null;
  const [, path, search = ""] = found;
  if (path === "/board") return boardOf(search).counters;
  try {
    return path === "/" ? null : [decodeURIComponent(path.slice("/c/".length))];
  } catch {
    return null;
  }
};
