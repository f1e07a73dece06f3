/* The events that can happen in a world, by name. */
import { FORBIDDEN_AMOUNT } from "./server.mjs";
import { MIN_INTERVAL, time } from "./time.mjs";

const from = (channel, happen) => ({ can: (world) => world[channel].length > 0, happen });
const always = (happen) => ({ can: () => true, happen });

/** Messages keep their order within a channel, but not between channels. */
export const EVENTS = {
  "a press": { can: ({ outbox }) => outbox.view().known, happen: (world) => world.press(1) },
  "a press with a forbidden amount": { can: ({ outbox }) => outbox.view().known, happen: (world) => world.press(FORBIDDEN_AMOUNT) },
  "a press of minus one": { can: ({ outbox }) => outbox.view().known, happen: (world) => world.press(-1) },
  "an undo": { can: ({ outbox }) => outbox.view().undoable, happen: (world) => world.undo() },
  "another's press": always((world) => world.changeServer((server) => server.add(1))),
  "another's press of minus one": always((world) => world.changeServer((server) => server.add(-1))),
  "a reset": always((world) => world.changeServer((server) => server.reset())),
  "a delivery": from("deliveries", (world) => world.deliver(world.deliveries.shift())),
  "a delivery duplicated": from("deliveries", (world) => world.deliver(world.deliveries[0])),
  "a delivery lost": from("deliveries", (world) => world.deliveries.shift()),
  "a delivery answered later": from("deliveries", (world) => world.answerLater(world.deliveries.shift())),
  "a delivery answered later, yet saved": from("deliveries", (world) => world.answerLater(world.deliveries[0])),
  "an answer": from("answers", (world) => world.receiveAnswer(world.answers.shift())),
  "an answer duplicated": from("answers", (world) => world.receiveAnswer(world.answers[0])),
  "an answer lost": from("answers", (world) => world.answers.shift()),
  "a frame": from("frames", (world) => world.receiveFrame(world.frames.shift())),
  "a frame lost": from("frames", (world) => world.frames.shift()),
  "the interval timer": { can: (world) => world.intervalTimer(), happen: (world) => time.fire(world.intervalTimer()) },
  "the retry timer": { can: (world) => world.retryTimer(), happen: (world) => time.fire(world.retryTimer()) },
  "a pause": { can: (world) => !world.mayDeliver() && !world.intervalTimer(), happen: () => (time.now += MIN_INTERVAL) },
  "the connection lost": { can: (world) => world.connected, happen: (world) => world.setConnected(false) },
  "the connection back": { can: (world) => !world.connected, happen: (world) => world.reconnect() },
  "another page and back": always((world) => world.visit()),
  "closed and reopened": always((world) => world.reopen()),
  "the orphans found": {
    can: ({ clicks }) => clicks.some(({ orphan, code }) => orphan && !code),
    happen: (world) => world.outbox.adopt(world.orphans()),
  },
  "own totals arrive": {
    can: ({ clicks, connected, totalsRequested }) =>
      totalsRequested && connected && !clicks.some(({ orphan, adopted, code }) => orphan && !adopted && !code),
    happen: (world) => world.sendTotals(),
  },
  "the last number restored": {
    can: ({ outbox }) => !outbox.view().known,
    happen: ({ outbox, stored }) => outbox.restore(stored),
  },
  "the connection back, noticed on another page": {
    can: ({ connected }) => !connected,
    happen: (world) => world.reconnectElsewhere(),
  },
  "a quiet time": always((world) => world.waitQuietly()),
};
