/* As in outbox.test.mjs, with tabs that are closed and reopened. A file of its own, so that both run at the same time. */
import { holdsInEveryOrderOf } from "./orders.mjs";

holdsInEveryOrderOf({ presses: 2, trouble: 1, visits: 1 });
