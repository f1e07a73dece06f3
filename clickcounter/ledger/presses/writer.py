"""Writes a batch of orders so that each of them gets an outcome, whatever is wrong with the others."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from clickcounter.domain.clicks import Order, Outcome
from clickcounter.errors import Later
from clickcounter.ledger.ledger import Ledger

log = logging.getLogger(__name__)


class Writer:
    """Tries a batch as a whole, and then in parts. `decided` is called as `Ledger.write` says."""

    def __init__(self, ledger: Ledger, decided: Callable[[list[Outcome]], None]) -> None:
        self._ledger, self._decided = ledger, decided
        self._outage = False

    def write(self, orders: Sequence[Order]) -> list[Outcome | Later]:
        """Write all orders in one transaction, twice if it fails; then one by one, so that a bad order fails alone."""
        for attempt in (1, 2):
            try:
                outcomes = self._ledger.write(orders, self._decided)
            except Later as later:
                self._log_outage(later)
                return [later] * len(orders)
            except Exception as error:
                log.warning("a transaction of %d orders failed, attempt %d: %s", len(orders), attempt, error)
                fault = error
            else:
                self._log_outage(None)
                return list(outcomes)
        if len(orders) > 1:
            return [self.write([order])[0] for order in orders]
        [order] = orders
        if len(order.clicks) > 1:
            return [self._click_by_click(order)]
        [click] = order.clicks
        context = {"counter": order.counter, "key": click.key}
        log.error("click %s of counter %r cannot be saved", click.key, order.counter, exc_info=fault, extra=context)
        return [Outcome({click.key: "failed"})]

    def _log_outage(self, later: Later | None) -> None:
        """Log an outage once, however many clicks it affects, and its end."""
        if later and not self._outage:
            log.warning("saving waits: %s", later)
        elif self._outage and not later:
            log.warning("saving works again")
        self._outage = later is not None

    def _click_by_click(self, order: Order) -> Outcome | Later:
        codes: dict[str, str] = {}
        last = Outcome({})
        for click in order.clicks:
            now = self.write([replace(order, clicks=(click,))])[0]
            if isinstance(now, Later):
                return now
            codes |= now.codes
            last = replace(now, codes=codes, snapshot=now.snapshot or last.snapshot, changed=now.changed | last.changed)
        return last
