/* Unique names for clicks, tabs, calls, requests and this browser. crypto.randomUUID is missing on plain http. */

export const randomHex = (bytes) =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (b) => b.toString(16).padStart(2, "0")).join("");

/** The time comes first, so that the ledger's index grows at its end. */
export const newClickKey = (now) => now.toString(16).padStart(12, "0") + randomHex(10);

/** When a click was made, in ms, by its browser's clock. */
export const createdAt = (key) => parseInt(key.slice(0, 12), 16);

const UNDECIDED = new Set(["later", "not_now", "offline"]);
const undecided = new Map(); // keys by request

/** Send a request that must be carried out once. Where no answer comes, nobody knows whether the server has done it: the same
 * request then keeps its key, by which the server finds what it did. After an answer the same request is a new wish.
 *
 * `request` is what the person wants, as JSON; `send(key)` resolves to the reply, as this does. */
export const once = async (request, send) => {
  const name = JSON.stringify(request);
  const key = undecided.get(name) ?? randomHex(16);
  undecided.set(name, key);
  const reply = await send(key);
  if (!UNDECIDED.has(reply.error)) undecided.delete(name);
  return reply;
};
