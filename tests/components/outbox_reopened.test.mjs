/* As in outbox.test.mjs, with tabs that are closed and reopened. In a file of its own, so that both run in parallel. */
import { testEveryOrder } from "./orders.mjs";

testEveryOrder({ presses: 2, trouble: 1, visits: 1 });
