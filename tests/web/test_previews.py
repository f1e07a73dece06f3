"""Who opens an address without meaning to press."""

import pytest
from starlette.requests import Request

from clickcounter.web.previews import is_preview

MOZILLA = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
CRAWLERS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    f"{MOZILLA}; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36",
    "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    "DuckDuckBot/1.1; (+http://duckduckgo.com/duckduckbot.html)",
    "Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)",
    "Mozilla/5.0 (compatible; Applebot/0.1; +http://www.apple.com/go/applebot)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Twitterbot/1.0",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "TelegramBot (like TwitterBot)",
    "WhatsApp/2.23.20.0",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com",
    "Pinterest/0.2 (+https://www.pinterest.com/bot.html)",
    "Mozilla/5.0 (compatible; vkShare; +http://vk.com/dev/Share)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "CCBot/2.0 (https://commoncrawl.org/faq/)",
    "Mozilla/5.0 (compatible; archive.org_bot +http://archive.org/details/archive.org_bot)",
    "Google-InspectionTool/1.0",
    "FeedFetcher-Google; (+http://www.google.com/feedfetcher.html)",
    "Mozilla/5.0 (compatible; Embedly/0.2; +http://support.embed.ly/)",
    "Iframely/1.3.1 (+https://iframely.com/docs/about)",
    "Mastodon/4.2.0 (http.rb/5.1.1; +https://mastodon.example/)",
)
PEOPLE = (
    f"{MOZILLA} Chrome/131.0.0.0 Safari/537.36",
    f"{MOZILLA} Chrome/127.0.6533.120 OBS/31.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 14; CUBOT X70) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36",
    *("curl/8.5.0", "Wget/1.21.4", "python-requests/2.32.3", "Python-urllib/3.11", "node", "okhttp/4.12.0", ""),
    "HomeAssistant/2026.11.1 aiohttp/3.11 Python/3.13",
    "Shelly/1.4.4 (Shelly1G3)",
    *("ESP32HTTPClient", "ESPHome/2026.10 (https://esphome.io)", "Streamer.bot/1.0", "Nightbot-URL-Fetcher/0.0.3"),
    *("StreamElements Bot", "Fossabot Web Proxy", "github-camo (4b76a4f7)", "Google-Apps-Script", "Microsoft Office Excel"),
)


def request(method: str = "GET", **headers: str) -> Request:
    raw = [(name.replace("_", "-").lower().encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": method, "headers": raw})


@pytest.mark.parametrize("agent", CRAWLERS)
def test_crawlers_and_link_previews_are_recognized(agent: str):
    assert is_preview(request(user_agent=agent))


@pytest.mark.parametrize("agent", PEOPLE)
def test_people_and_their_programs_are_not(agent: str):
    assert not is_preview(request(user_agent=agent))


@pytest.mark.parametrize("name", ["sec_purpose", "purpose", "x_purpose", "x_moz"])
def test_what_a_browser_fetches_in_advance_is_a_preview(name: str):
    assert is_preview(request(**{name: "prefetch;anonymous-client-ip"}))
    assert not is_preview(request(**{name: ""}))


def test_a_head_is_a_preview():
    assert is_preview(request("HEAD", user_agent="curl/8.5.0"))
