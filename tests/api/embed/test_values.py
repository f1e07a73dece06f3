"""Numbers below a counter's address, over real HTTP: what they say, to whom, and that reading them counts nothing."""

import json
import urllib.error
import urllib.request
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from io import BytesIO

import pytest
from PIL import Image

from clickcounter.ledger import counters
from tests.rights_world import MEMBERS, OPEN, world_of
from tests.server import BackEnd
from tests.writing import order

FILES = ("value.txt", "value.json", "badge.svg", "badge.json", "picture.png")
CRAWLERS = [
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Twitterbot/1.0",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "TelegramBot (like TwitterBot)",
    "WhatsApp/2.23.20.0",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    "Mastodon/4.3.0 (http.rb/5.2.0; +https://mastodon.social/) Bot",
    "SkypeUriPreview Preview/0.5",
    "vkShare; +http://vk.com/dev/Share",
    "redditbot/1.0",
    "WordPress/6.6; https://blog.example.org",
    "Iframely/1.3.1 (+https://iframely.com/docs/about)",
    "Applebot/0.1",
    "Mozilla/5.0 (compatible; PetalBot; +https://webmaster.petalsearch.com/site/petalbot)",
]


def get(server: BackEnd, path: str, method: str = "GET", **headers: str) -> tuple[int, Message, bytes]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(server.url + path, None, named, method=method)) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


async def test_each_address_tells_the_number(back_end_for_all: BackEnd):
    async with world_of(back_end_for_all) as world:
        slug, _ = world.counter(OPEN)
        for _ in range(6):
            world.ledger.write([order(*(f"{n:032x}" for n in range(200)), counter=slug)])
        world.ledger.write([order("f" * 32, counter=slug)])
        assert get(back_end_for_all, f"/c/{slug}/value.txt")[2] == b"201\n"
        shown = json.loads(get(back_end_for_all, f"/c/{slug}/value.json")[2])
        assert shown.items() >= {"counter": slug, "name": "Door", "value": 201, "archived": False}.items()
        assert "press" not in shown
        badge = ET.fromstring(get(back_end_for_all, f"/c/{slug}/badge.svg")[2])
        assert badge.get("aria-label") == "Door: 201"
        shields = json.loads(get(back_end_for_all, f"/c/{slug}/badge.json?label=in&color=red")[2])
        assert shields.items() >= {"schemaVersion": 1, "label": "in", "message": "201", "color": "#e05d44"}.items()
        picture = Image.open(BytesIO(get(back_end_for_all, f"/c/{slug}/picture.png")[2]))
        assert picture.size == (1200, 630)


@pytest.mark.parametrize("file", FILES)
async def test_a_proxy_that_keeps_an_answer_learns_whether_it_is_the_newest(back_end_for_all: BackEnd, file: str):
    async with world_of(back_end_for_all) as world:
        slug, _ = world.counter(OPEN)
        status, headers, body = get(back_end_for_all, f"/c/{slug}/{file}")
        assert status == 200
        assert headers["cache-control"] == "no-cache"
        assert headers["access-control-allow-origin"] == "*"
        again = get(back_end_for_all, f"/c/{slug}/{file}", If_None_Match=headers["etag"])
        assert (again[0], again[2]) == (304, b"")
        head = get(back_end_for_all, f"/c/{slug}/{file}", "HEAD")
        assert (head[0], head[2], head[1]["etag"]) == (200, b"", headers["etag"])
        assert int(head[1]["content-length"]) == len(body)


@pytest.mark.parametrize("file", [*FILES, ""])
async def test_a_private_counter_shows_nothing_of_itself(back_end_for_all: BackEnd, file: str):
    async with world_of(back_end_for_all) as world:
        slug, _ = world.counter(MEMBERS)
        world.ledger.transact(lambda connection: counters.update_settings(connection, slug, {"name": "Our secret"}, None))
        owner = world.persons["owner"].cookie
        for cookie in ("", owner):
            status, headers, body = get(back_end_for_all, f"/c/{slug}/{file}", Cookie=cookie, User_Agent="Twitterbot/1.0")
            assert status == 403
            assert b"secret" not in body
            assert headers["cache-control"] == "no-store"
        assert get(back_end_for_all, f"/c/no-such-counter/{file}", User_Agent="Twitterbot/1.0")[0] == 404
        oembed = f"/oembed?url={back_end_for_all.url}/c/{slug}"
        assert get(back_end_for_all, oembed)[0] == 403


@pytest.mark.parametrize(
    "asked", ["style=plastic", "color=%22onload%3D", "labelColor=nocolour", "grouping=x", f"label={'x' * 41}", "label=a%00b"]
)
def test_a_badge_with_impossible_wishes_is_refused(back_end_for_all: BackEnd, asked: str):
    for file in ("badge.svg", "badge.json"):
        status, headers, body = get(back_end_for_all, f"/c/counter/{file}?{asked}")
        assert status == 422
        assert headers["content-type"] == "application/problem+json"
        assert json.loads(body)["code"] == "badge"


@pytest.mark.parametrize("style", ["flat", "flat-square", "for-the-badge"])
@pytest.mark.parametrize(
    "label", ["</text><script>alert(1)</script>", "\"&<>'", "Счётчик דלת", "דלת (A)", "", "日本\u202e\u0007x"]
)
def test_any_label_gives_a_whole_harmless_image(back_end_for_all: BackEnd, style: str, label: str):
    quoted = urllib.parse.quote(label)
    status, headers, body = get(back_end_for_all, f"/c/counter/badge.svg?style={style}&label={quoted}&grouping=space")
    assert status == 200
    assert headers["content-type"].startswith("image/svg+xml")
    image = ET.fromstring(body)
    assert {element.tag.rpartition("}")[2] for element in image.iter()} <= {
        *("svg", "title", "g", "rect", "text", "linearGradient", "stop", "clipPath")
    }
    words = "".join(letter if letter.isprintable() else " " for letter in label).split()
    texts = list(image.iter("{http://www.w3.org/2000/svg}text"))
    assert any(text.get("direction") == "rtl" for text in texts) == label.startswith("דלת"), "its words stay in their order"
    said = [text.text for text in texts]
    assert (" ".join(words).upper() if style == "for-the-badge" else " ".join(words)) in said or not label


@pytest.mark.parametrize("path", ["/", "/c/counter"])
def test_previews_get_a_title_a_picture_and_the_way_to_oembed(back_end_for_all: BackEnd, path: str):
    status, headers, body = get(back_end_for_all, path, User_Agent="Twitterbot/1.0")
    page = body.decode()
    assert status == 200
    assert headers["vary"] == "User-Agent"
    assert f'content="{back_end_for_all.url}/c/counter/picture.png?r=' in page
    assert "og:title" in page
    link = page.partition('application/json+oembed" href="')[2].partition('"')[0].replace("&amp;", "&")
    shown = json.loads(get(back_end_for_all, link.removeprefix(back_end_for_all.url))[2])
    assert shown["type"] == "rich"
    assert f'src="{back_end_for_all.url}/c/counter/display"' in shown["html"]
    small = json.loads(get(back_end_for_all, link.removeprefix(back_end_for_all.url) + "&maxwidth=200&maxheight=1")[2])
    assert (small["width"], small["height"]) == (200, 100)


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("https://elsewhere.example/c/counter", 404),
        ("javascript:alert(1)", 404),
        ("", 404),
        ("{own}/counters", 404),
        ("{own}/c/nothing", 404),
        ("http://[", 404),
        ("{own}/c/counter&format=xml", 501),
        ("{own}/c/counter&maxwidth=-1", 400),
        ("{own}/", 200),
    ],
)
def test_oembed_answers_for_our_own_pages_alone(back_end_for_all: BackEnd, url: str, status: int):
    assert get(back_end_for_all, f"/oembed?url={url.format(own=back_end_for_all.url)}")[0] == status


def test_reading_never_moves_the_number(back_end_for_all: BackEnd):
    before = get(back_end_for_all, "/c/counter/value.txt")[2]
    clicks = back_end_for_all.query("SELECT count(*) FROM click")
    paths = ["/", "/c/counter", "/c/counter/", "/c/counter/display", *(f"/c/counter/{file}" for file in FILES)]
    paths += [f"/oembed?url={back_end_for_all.url}/c/counter"]
    asked = [(path, "GET", {"User-Agent": agent}) for path in paths for agent in CRAWLERS]
    asked += [(path, "HEAD", {}) for path in (*paths, "/api/v1/counters/counter/events")]
    asked += [(path, "GET", {"Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch"}) for path in paths]
    with ThreadPoolExecutor(8) as pool:
        statuses = set(pool.map(lambda one: get(back_end_for_all, one[0], one[1], **one[2])[0], asked))
    assert statuses <= {200, 404}, "a back end without pages has no others"
    assert back_end_for_all.query("SELECT count(*) FROM click") == clicks
    assert get(back_end_for_all, "/c/counter/value.txt")[2] == before
    assert "Traceback" not in back_end_for_all.printed()
