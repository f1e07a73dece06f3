/* Each call gets its own reply, whatever else the server says meanwhile. */
import assert from "node:assert/strict";
import test from "node:test";
import { call, receiveReply } from "../../clickcounter/components/shared/rpc.js";

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** A server that writes down its calls, as [id, ...arguments]. */
const server = () => {
  const calls = [];
  return { calls, handler: (...args) => calls.push(args) };
};

const reply = (id, result, error = null) => receiveReply({ ask: id, error, sentences: null, result });

test("calls run one at a time, each with its own reply", async () => {
  const { calls, handler } = server();
  const replies = [call(handler, "first"), call(handler, "second")];
  await nextTurn();
  assert.deepEqual(calls.map(([, argument]) => argument), ["first"]);
  reply("somebody else's", 0);
  reply(calls[0][0], 1);
  await nextTurn();
  reply(calls[0][0], 9); // sent twice
  reply(calls[1][0], 2);
  assert.deepEqual((await Promise.all(replies)).map(({ result }) => result), [1, 2]);
});

test("a call times out after 8 s, and the next one runs", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { calls, handler } = server();
  const [lost, next] = [call(handler, "lost"), call(handler, "next")];
  await nextTurn();
  t.mock.timers.tick(7999);
  await nextTurn();
  assert.equal(calls.length, 1);
  t.mock.timers.tick(1);
  assert.equal((await lost).error, "later");
  await nextTurn();
  reply(calls[0][0], "too late");
  reply(calls[1][0], "in time");
  assert.equal((await next).result, "in time");
});

test("a call that fails rejects no later one", async (t) => {
  t.mock.method(console, "error", () => {});
  const { calls, handler } = server();
  const throws = () => {
    throw new Error("Reflex is gone");
  };
  const failing = [call(throws), call(() => Promise.reject(new Error("no socket"))), call(undefined)];
  const next = call(handler, "next");
  assert.deepEqual((await Promise.all(failing)).map(({ error }) => error), ["later", "later", "later"]);
  await nextTurn();
  reply(calls[0][0], "its own");
  assert.equal((await next).result, "its own");
  assert.equal(console.error.mock.callCount(), 3);
});

test("an error is a reply", async () => {
  const { calls, handler } = server();
  const answer = call(handler);
  await nextTurn();
  reply(calls[0][0], null, "about_name");
  assert.deepEqual(await answer, { ask: calls[0][0], error: "about_name", sentences: null, result: null });
});
