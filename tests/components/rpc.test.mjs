/* Each question gets its own answer, whatever else the server says meanwhile. */
import assert from "node:assert/strict";
import test from "node:test";
import { ask, replied } from "../../clickcounter/components/asks.js";

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A server that writes down what it is asked, as [name of the question, ...with]. */
const server = () => {
  const asked = [];
  return { asked, handler: (...args) => asked.push(args) };
};

const reply = (id, result, error = null) => replied({ ask: id, error, sentences: null, result });

test("one question is under way at a time, and each gets its own answer", async () => {
  const { asked, handler } = server();
  const answers = [ask(handler, "first"), ask(handler, "second")];
  await turn();
  assert.deepEqual(asked.map(([, what]) => what), ["first"]);
  reply("somebody else's", 0);
  reply(asked[0][0], 1);
  await turn();
  reply(asked[0][0], 9); // said twice
  reply(asked[1][0], 2);
  assert.deepEqual((await Promise.all(answers)).map(({ result }) => result), [1, 2]);
});

test("a question that nobody answers is answered with later after 8 s, and the next one is asked", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { asked, handler } = server();
  const [lost, next] = [ask(handler, "lost"), ask(handler, "next")];
  await turn();
  t.mock.timers.tick(7999);
  await turn();
  assert.equal(asked.length, 1);
  t.mock.timers.tick(1);
  assert.equal((await lost).error, "later");
  await turn();
  reply(asked[0][0], "too late");
  reply(asked[1][0], "in time");
  assert.equal((await next).result, "in time");
});

test("a refusal is an answer", async () => {
  const { asked, handler } = server();
  const answer = ask(handler);
  await turn();
  reply(asked[0][0], null, "about_name");
  assert.deepEqual(await answer, { ask: asked[0][0], error: "about_name", sentences: null, result: null });
});
