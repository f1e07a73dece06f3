/* Searches of a minute or more, for whoever changes the outbox: `make outbox`. Those of a few seconds are in `make test`. */
import { holdsInEveryOrderOf } from "./orders.mjs";

holdsInEveryOrderOf({ presses: 1, news: 1, trouble: 2 });
holdsInEveryOrderOf({ presses: 1, news: 1, trouble: 1, visits: 1 });
holdsInEveryOrderOf({ presses: 1, undos: 1, trouble: 1, visits: 1 });
holdsInEveryOrderOf({ presses: 3, news: 1, trouble: 1 });
holdsInEveryOrderOf({ presses: 2, news: 1, trouble: 2 });
holdsInEveryOrderOf({ presses: 2, undos: 2, news: 1 });
holdsInEveryOrderOf({ presses: 2, news: 1, trouble: 1, visits: 1 });
