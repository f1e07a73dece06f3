/* Searches of a minute or more, to run after a change of the outbox: `make outbox`. Those of seconds are in `make test`. */
import { testEveryOrder } from "./orders.mjs";

testEveryOrder({ presses: 1, news: 1, trouble: 2 });
testEveryOrder({ presses: 1, news: 1, trouble: 1, visits: 1 });
testEveryOrder({ presses: 1, undos: 1, trouble: 1, visits: 1 });
testEveryOrder({ presses: 3, news: 1, trouble: 1 });
testEveryOrder({ presses: 2, news: 1, trouble: 2 });
testEveryOrder({ presses: 2, undos: 2, news: 1 });
testEveryOrder({ presses: 2, news: 1, trouble: 1, visits: 1 });
