/* As in outbox.test.mjs, with tabs that are closed and reopened. In a file of its own, so that both run in parallel. */
import { ORDERS, testEveryOrder } from "./orders.mjs";

testEveryOrder(ORDERS.visits);
