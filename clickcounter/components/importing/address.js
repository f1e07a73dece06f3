/* Where rows go that name no counter. */
import { DEFAULT_COUNTER } from "../shared/constants.js";
import { RESERVED_ADDRESSES } from "./constants.js";

const LONGEST = 40;

/** An address from a file's name, without the dates and numbers that change with each download: the same file, downloaded again
 * tomorrow, goes to the same counter. */
export const addressFor = (fileName) => {
  const words = fileName
    .replace(/\.[^.]*$/, "")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word && !/^\d[\dtz]*$/.test(word));
  const address = words.join("-").slice(0, LONGEST).replace(/-$/, "");
  return address && !RESERVED_ADDRESSES.includes(address) ? address : DEFAULT_COUNTER;
};
