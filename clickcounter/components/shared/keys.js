/* Names that nobody else makes: of clicks, tabs, questions and this browser. randomUUID is missing on plain http. */

export const hex = (bytes) =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (b) => b.toString(16).padStart(2, "0")).join("");

/** Time first, so that the ledger's index grows at its end. */
export const newKey = (now) => now.toString(16).padStart(12, "0") + hex(10);

/** When it was made, by the clock of its browser. */
export const madeAt = (key) => parseInt(key.slice(0, 12), 16);
