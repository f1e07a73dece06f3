/* Remote calls: one at a time, each with its own reply.
 *
 * A state replies by setting one variable, so a later reply would replace an earlier one that nobody has read yet.
 */
import { randomHex } from "./keys.js";

const TIMEOUT = 8000; // ms
/** @type {import("./shapes.js").Reply} */
const NO_REPLY = { error: "later", sentences: null, result: null };

let last = Promise.resolve(); // settles when the newest call has its reply
let pending = null; // { id, resolve } of the call under way

const send = (handler, args) =>
  new Promise((resolve) => {
    const id = randomHex(8);
    const timer = setTimeout(() => pending.resolve(NO_REPLY), TIMEOUT);
    pending = {
      id,
      resolve(reply) {
        clearTimeout(timer);
        pending = null;
        resolve(reply);
      },
    };
    const fail = (error) => {
      console.error(error);
      if (pending?.id === id) pending.resolve(NO_REPLY);
    };
    // A call that fails must not stop those behind it.
    try {
      Promise.resolve(handler(id, ...args)).catch(fail);
    } catch (error) {
      fail(error);
    }
  });

/** Call an event handler whose first argument is the call's id. Always resolves, to { error, sentences, result }. */
export const call = (handler, ...args) => {
  last = last.then(() => send(handler, args));
  return last;
};

/** The state's variable has changed. Replies that nobody is waiting for are dropped. */
export const receiveReply = (reply) => {
  if (pending && reply?.ask === pending.id) pending.resolve(reply);
};
