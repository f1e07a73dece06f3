"""Wiring only: the app, its pages, and the pipeline that runs as long as it does."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from functools import partial

import reflex as rx
from starlette.applications import Starlette
from starlette.types import ASGIApp

from clickcounter import logs, pools
from clickcounter.access import grants
from clickcounter.access.program_limits import ProgramLimits
from clickcounter.access.rate_limits import Limits
from clickcounter.admin import routes as admin
from clickcounter.api import account, export, health, keys, passkeys, report, second_factor
from clickcounter.api.compat import routes as compat
from clickcounter.api.embed import events, press_address, previews, sites, values
from clickcounter.api.imports import browser_routes as imports
from clickcounter.api.v1 import app as api_v1
from clickcounter.api.v1.press_lane import PressLane
from clickcounter.components.app.head import BLOCKED_STORAGE, FIRST_PAINT, NAME, app_tags
from clickcounter.components.early_socket import early_socket
from clickcounter.database import schema
from clickcounter.live import gc_schedule
from clickcounter.live.pipeline import DEFAULT_COUNTER, Pipeline, is_saving
from clickcounter.live.presence import Presence
from clickcounter.metrics import server as metrics
from clickcounter.metrics.collector import ProcessCollector
from clickcounter.pages import display
from clickcounter.pages.account import account_page
from clickcounter.pages.board import board_page
from clickcounter.pages.counter import FIRST_LINES, counter_page
from clickcounter.pages.counters import counters_page
from clickcounter.pages.history import history_page
from clickcounter.pages.not_found import not_found_page
from clickcounter.services import monitoring
from clickcounter.services.webhooks.sending import sending_webhooks
from clickcounter.settings import from_environment
from clickcounter.socket import engine, reflex_checks
from clickcounter.socket.admission import Admission
from clickcounter.socket.intake import Intake
from clickcounter.socket.page_middleware import PageMiddleware
from clickcounter.socket.reflex_internals import bypass, intercept_queue, remove_overlay, state_forgetter
from clickcounter.socket.rooms import Rooms
from clickcounter.socket.streams.connection import with_connections
from clickcounter.socket.tab import tab_finder
from clickcounter.states.access import AccessState  # noqa: F401  its handlers are reached by dialogs
from clickcounter.states.counter import CounterState
from clickcounter.states.counters import CountersState
from clickcounter.states.upkeep import UpkeepState  # noqa: F401  its handlers are reached by dialogs
from clickcounter.web.caching import with_cache_lifetimes
from clickcounter.web.headers import SecurityHeaders
from clickcounter.web.loop_turns import Turns
from clickcounter.web.origins import Origins
from clickcounter.web.paths import without_line_breaks
from clickcounter.web.redirects import with_relative_redirects
from clickcounter.web.slow_bodies import with_body_deadline
from clickcounter.web.visit_pacing import Visits

log = logging.getLogger(__name__)

settings = from_environment()
logs.set_up(settings.log)
Limits(settings)
ProgramLimits(settings.events_a_second)
pools.prefer_event_loop()
if settings.metrics:
    monitoring.want_times()
if settings.first_counter == "owned":
    grants.keep_from_everybody(DEFAULT_COUNTER)
presence = Presence()


class ClickCounterApp(rx.App):
    """Reflex's app behind the check of origins, with a tab in each websocket's scope, which bypasses Reflex's own apps."""

    def __call__(self) -> ASGIApp:
        """The ASGI app."""
        origins = Origins(settings.origins)
        headers = SecurityHeaders(rx.config.get_config().api_url, settings.hsts_seconds)
        timely = with_body_deadline(previews.Previews(without_line_breaks(super().__call__())), settings.client_timeout)
        served = headers.on(with_relative_redirects(with_cache_lifetimes(origins.shared(timely))))
        guarded = turns.before(with_connections(origins.guard(rooms.wrap(bypass(self, served), intake.listen))))
        return PressLane(headers.of_data, settings.client_timeout).before(visits.before(guarded))


@contextlib.asynccontextmanager
async def counting() -> AsyncIterator[None]:
    """The schema first, then the pipeline, for as long as the app runs."""
    copy = await asyncio.to_thread(schema.prepare, settings.db_url)
    if copy:
        log.warning("the database was upgraded; a copy from before is %s", copy.name)
    intercept_queue(app, lambda enqueue: Admission(rooms.tab, enqueue, state_forgetter(app)).enqueue)
    pipeline = Pipeline(settings, rooms, presence)
    serving = metrics.serving(settings.metrics, ProcessCollector(rooms, presence, pipeline))
    async with serving, pipeline.run(), sending_webhooks(settings):
        gc_schedule.freeze()
        collecting = asyncio.create_task(gc_schedule.collect(lambda: rooms.moves, lambda: rooms.frames))
        try:
            yield
        finally:
            collecting.cancel()


def log_failed_handler(exception: Exception) -> None:
    """Reflex would write a traceback of any length, and open a box in the page."""
    log.error("an event failed", exc_info=exception)


def log_failed_page(exception: Exception) -> None:
    """What a page reports may be anything."""
    log.warning("a page failed: %s", exception)


app = ClickCounterApp(
    stylesheets=["/clickcounter.css"],
    reset_style=False,
    html_lang="en",
    html_custom_attrs={"data-sky": "overcast"},
    head_components=[
        rx.el.script(FIRST_LINES),
        rx.el.script(BLOCKED_STORAGE + early_socket()),
        rx.el.script(FIRST_PAINT),
        rx.el.script(display.FIRST_PAINT),
        rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
        *app_tags(),
    ],
    toaster=None,
    backend_exception_handler=log_failed_handler,
    frontend_exception_handler=log_failed_page,
    api_transformer=Starlette(
        routes=[
            *health.routes(),
            *events.routes(),
            *values.routes(),
            *previews.routes(),
            *press_address.routes(),
            *sites.routes(),
            *export.routes(),
            *report.routes(settings.origins),
            *imports.routes(),
            *account.routes(settings.registration),
            *second_factor.routes(),
            *passkeys.routes(),
            *keys.routes(),
            *admin.routes(),
            api_v1.route(),
            *compat.routes(settings.compat, settings.compat_api),
        ]
    ),
)
remove_overlay(app)
engine.lighten(app)
counter_state, list_state = CounterState.get_full_name(), CountersState.get_full_name()
streams = (settings.event_streams, settings.event_streams_of_address)
rooms = Rooms(counter_state, list_state, presence, tab_finder(app), rx.config.get_config().trusted_proxy_hops, streams)
turns = Turns(is_saving)
visits = Visits(rx.config.get_config().trusted_proxy_hops)
intake = Intake(counter_state, settings.events_a_second, turns)
app.register_lifespan_task(counting)
app.add_middleware(PageMiddleware(rooms, CounterState), index=0)
# What programs show of a link that api/embed/previews.py does not know. No number: all counters share one file.
DESCRIPTION = "One live number, shared by everyone who counts."
add_page = partial(app.add_page, title=NAME, description=DESCRIPTION, image="/app/icon-512.png")
add_page(counter_page, route="/")
add_page(counter_page, route="/c/[slug]")
add_page(display.display_page, route="/c/[slug]/display")
add_page(history_page, route="/c/[slug]/history")
add_page(board_page, route="/board")
add_page(account_page, route="/account")
add_page(counters_page, route="/counters")
add_page(not_found_page, route="404")
reflex_checks.check(app, CounterState)
