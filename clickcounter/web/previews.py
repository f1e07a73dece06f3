"""Requests that nobody meant as a press: link previews, prefetches and crawlers, which follow any address they find."""

import re

from starlette.requests import Request

PURPOSES = ("sec-purpose", "purpose", "x-purpose", "x-moz")  # how browsers mark what they fetch in advance
AHEAD = ("prefetch", "prerender", "preview")
CRAWLERS = re.compile(
    r"(?<!cu)bots?\b|crawl|spider|slurp|preview|fetcher|archiver|archive\.org|embedly|iframely|unfurl|facebookexternalhit|"
    r"facebookcatalog|whatsapp|skype|vkshare|pinterest|mastodon|pleroma|misskey|mediapartners|lighthouse|inspectiontool",
    re.I,
)  # "cubot" makes phones
CHAT_BOTS = re.compile(
    r"nightbot|streamelements|streamlabs|streamer\.bot|fossabot|moobot|wizebot|phantombot|botisimo|firebot|mix ?it ?up", re.I
)


def is_preview(request: Request) -> bool:
    """Whether this only looks ahead, so that it must not count. A HEAD never counts either."""
    if request.method == "HEAD":
        return True
    if any(word in request.headers.get(name, "").lower() for name in PURPOSES for word in AHEAD):
        return True
    agent = request.headers.get("user-agent", "")
    return CRAWLERS.search(agent) is not None and CHAT_BOTS.search(agent) is None
