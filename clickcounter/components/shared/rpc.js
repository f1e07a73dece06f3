/* Questions to the server, one at a time, each with its own answer.
 *
 * A state answers by setting one variable, and a later answer would replace an earlier one that nobody has read yet.
 */
import { hex } from "./key.js";

const PATIENCE = 8000; // ms
const LATE = { error: "later", sentences: null, result: null };

let last = Promise.resolve(); // settles when the newest question is answered
let open = null; // { id, answered } of the question under way

const pose = (handler, args) =>
  new Promise((answered) => {
    const id = hex(8);
    const timer = setTimeout(() => open.answered(LATE), PATIENCE);
    open = {
      id,
      answered(reply) {
        clearTimeout(timer);
        open = null;
        answered(reply);
      },
    };
    handler(id, ...args);
  });

/** Ask through an event handler that takes the question's name first. Resolves to { error, sentences, result }, always. */
export const ask = (handler, ...args) => {
  last = last.then(() => pose(handler, args));
  return last;
};

/** The state's variable has changed. Answers that nobody waits for any more are dropped. */
export const replied = (reply) => {
  if (open && reply?.ask === open.id) open.answered(reply);
};
