/* What can happen to a world, each by its name. */
import { TOO_MUCH } from "./server.mjs";
import { PACE, time } from "./time.mjs";

const from = (channel, happen) => ({ can: (world) => world[channel].length > 0, happen });
const always = (happen) => ({ can: () => true, happen });

/** Whatever can happen to a world. Messages keep their order within a channel; between channels there is none. */
export const EVENTS = {
  "a press": { can: ({ outbox }) => outbox.view().known, happen: (world) => world.press(1) },
  "a press too much": { can: ({ outbox }) => outbox.view().known, happen: (world) => world.press(TOO_MUCH) },
  "a press down": { can: ({ outbox }) => outbox.view().known, happen: (world) => world.press(-1) },
  "an undo": { can: ({ outbox }) => outbox.view().undoable, happen: (world) => world.undo() },
  "another's click": always((world) => world.change((server) => server.add(1))),
  "another's click back": always((world) => world.change((server) => server.add(-1))),
  "a reset": always((world) => world.change((server) => server.reset())),
  "a delivery": from("deliveries", (world) => world.record(world.deliveries.shift())),
  "a delivery, to come twice": from("deliveries", (world) => world.record(world.deliveries[0])),
  "a delivery lost": from("deliveries", (world) => world.deliveries.shift()),
  "a delivery put off": from("deliveries", (world) => world.putOff(world.deliveries.shift())),
  "a delivery put off, and recorded yet": from("deliveries", (world) => world.putOff(world.deliveries[0])),
  "an answer": from("answers", (world) => world.told(world.answers.shift())),
  "an answer, to come twice": from("answers", (world) => world.told(world.answers[0])),
  "an answer lost": from("answers", (world) => world.answers.shift()),
  "a frame": from("frames", (world) => world.hear(world.frames.shift())),
  "a frame lost": from("frames", (world) => world.frames.shift()),
  "the pacing timer": { can: (world) => world.pacing(), happen: (world) => time.fire(world.pacing()) },
  "the resend timer": { can: (world) => world.resending(), happen: (world) => time.fire(world.resending()) },
  "a rest": { can: (world) => !world.rested() && !world.pacing(), happen: () => (time.now += PACE) },
  "the line lost": { can: (world) => world.linked, happen: (world) => world.link(false) },
  "the line back": { can: (world) => !world.linked, happen: (world) => world.reconnect() },
  "another page and back": always((world) => world.visit()),
  "closed and reopened": always((world) => world.reopen()),
  "the leftovers found": {
    can: ({ clicks }) => clicks.some(({ stray, code }) => stray && !code),
    happen: (world) => world.outbox.adopt(world.leftovers()),
  },
  "a word on what is mine": {
    can: ({ clicks, linked, wondering }) =>
      wondering && linked && !clicks.some(({ stray, adopted, code }) => stray && !adopted && !code),
    happen: (world) => world.introduce(),
  },
  "the last number recalled": {
    can: ({ outbox }) => !outbox.view().known,
    happen: ({ outbox, remembered }) => outbox.recall(remembered),
  },
  "the line back, heard on another page": {
    can: ({ linked }) => !linked,
    happen: (world) => world.reconnectElsewhere(),
  },
  "a quiet while": always((world) => world.rest()),
};
