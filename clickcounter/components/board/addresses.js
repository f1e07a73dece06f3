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

/** The address of a board, from the site's root. */
export const addressOf = ({ counters, name }) => {
  const query = [
    counters.length && `c=${counters.map(encodeURIComponent).join(",")}`,
    name && `name=${encodeURIComponent(name)}`,
  ];
  return ["/board", query.filter(Boolean).join("&")].filter(Boolean).join("?");
};

/** The counters that a pasted link names: a counter's page, or a board. null where it is no link. */
export const countersInLink = (text) => {
  const found = /^(?:https?:\/\/[^/]+)?(\/(?:c\/[^/?#]+|board)?)(?:\/(?:display|history)?)?(\?[^#]*)?(?:#.*)?$/i.exec(text.trim());
  if (!found) return null;
  const [, path, search = ""] = found;
  if (path === "/board") return boardOf(search).counters;
  try {
    return path === "/" ? null : [decodeURIComponent(path.slice("/c/".length))];
  } catch {
    return null;
  }
};
