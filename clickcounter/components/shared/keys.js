/* Unique names for clicks, tabs, calls and this browser. crypto.randomUUID is missing on plain http. */

export const randomHex = (bytes) =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (b) => b.toString(16).padStart(2, "0")).join("");

/** The time comes first, so that the ledger's index grows at its end. */
export const newClickKey = (now) => now.toString(16).padStart(12, "0") + randomHex(10);

/** When a click was made, in ms, by its browser's clock. */
export const createdAt = (key) => parseInt(key.slice(0, 12), 16);
