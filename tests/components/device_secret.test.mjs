/* A tab of a browser that stores nothing is one device all the same. */
import assert from "node:assert/strict";
import test from "node:test";
import { deviceSecret, handlers, perform } from "../../clickcounter/components/list/list_store.js";
import { createStorage } from "../../clickcounter/components/outbox/storage.js";
import { randomHex } from "../../clickcounter/components/shared/keys.js";
import { receiveReply } from "../../clickcounter/components/shared/rpc.js";

delete globalThis.BroadcastChannel; // an open one would keep this process running; Node has no IndexedDB

test("without storage the list and the counter's page keep one device secret", async () => {
  const secrets = [];
  handlers.make = (ask, device) => {
    secrets.push(device);
    queueMicrotask(() => receiveReply({ ask, error: null, sentences: null, result: {} }));
  };
  await perform("make", { name: "Coffee" });
  await perform("make", { name: "Tea" });
  secrets.push(await deviceSecret());
  const counterPage = createStorage({ tab: "tab", onFailure: () => {} });
  secrets.push(await counterPage.deviceSecret(randomHex(16)));
  assert.match(secrets[0], /^[0-9a-f]{32}$/);
  assert.deepEqual(new Set(secrets), new Set([secrets[0]]));
});
