"""Requests that nobody meant as a press: link previews, prefetches and crawlers, which follow any address they find."""

import re

from starlette.requests import Request

PURPOSES = ("sec-purpose", "purpose", "x-purpose", "x-moz")  # how browsers mark what they fetch in advance
AHEAD = ("prefetch", "prerender", "preview")
# Programs that show a link with a title and a picture. In-app browsers of people name their app otherwise.
# deploy/nginx.conf has the same words.
LINK_PREVIEWS = re.compile(
    r"facebookexternalhit|facebookcatalog|meta-externalagent|twitterbot|slackbot|telegrambot|whatsapp/|discordbot|linkedinbot"
    r"|pinterestbot|redditbot|mastodon|pleroma|akkoma|misskey|cardyb|bluesky|skypeuripreview|vkshare|iframely|embedly"
    r"|line-poker|kakaotalk-scrap|mattermost|zulip|rocket\.chat|synapse|nextcloud|wordpress/|discourse|link ?preview",
    re.I,
)
CRAWLERS = re.compile(
    r"(?<!cu)bots?\b|crawl|spider|slurp|preview|prerender|fetcher|archiver|archive\.org|unfurl|whatsapp|skype|pinterest"
    r"|mediapartners|lighthouse|inspectiontool|googleimageproxy",
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
    if CHAT_BOTS.search(agent):
        return False
    return LINK_PREVIEWS.search(agent) is not None or CRAWLERS.search(agent) is not None
