"""The report as a browser gets it."""

import csv
import io
import urllib.error
import urllib.request
from email.message import Message

from playwright.sync_api import Browser, expect

from clickcounter.domain.clicks import ANY_ROUND, Click, Order, now_ms
from clickcounter.ledger.ledger import Ledger
from tests.paper.pages_of import pdf_pages
from tests.raw import new_key
from tests.server import BackEnd
from tests.writing import add_note


def get(back_end: BackEnd, path: str, **headers: str) -> tuple[int, Message, str]:
    request = urllib.request.Request(f"{back_end.url}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, response.headers, response.read().decode("utf-8-sig")
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def press(back_end: BackEnd, *amounts: int) -> None:
    ledger = Ledger(back_end.db_url)
    began = now_ms() - len(amounts)
    clicks = tuple(Click(new_key(), amount, began + n, ANY_ROUND) for n, amount in enumerate(amounts))
    ledger.write([Order("counter", "a" * 64, clicks)])
    ledger.close()


def test_a_browser_shows_and_prints_todays_report(back_end_for_all: BackEnd, browser: Browser):
    press(back_end_for_all, 5, 7, -2)
    ledger = Ledger(back_end_for_all.db_url)
    ledger.transact(lambda connection: add_note(connection, "counter"))
    ledger.close()
    page = browser.new_page(locale="ru-RU", color_scheme="dark", viewport={"width": 390, "height": 800})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(f"{back_end_for_all.url}/c/counter/report?zone=Asia/Kolkata")
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    expect(page.locator("[data-fact=highest] b")).to_have_text("12")
    assert page.locator(".rows .total td").all_inner_texts()[:4] == ["3", "+12", "−2", "+10"]
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator(".changes").evaluate("table => table.scrollWidth <= table.parentElement.clientWidth"), "in full"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 16, 31)"
    pages = pdf_pages(page.pdf(prefer_css_page_size=True, format="A4", print_background=False))
    text = "".join(one.text for one in pages)
    assert "Наибольшеечисло12" in text
    assert "Печать" not in text, "buttons are not printed"
    assert pages[0].text.startswith(f"1/{len(pages)}")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(34, 23, 52)", "dark on white paper"
    page.emulate_media(media="screen")
    page.get_by_test_id("lang-en").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator("summary").click()
    page.locator("[name=day]").fill("2020-02-29")
    page.get_by_test_id("of-day").get_by_role("button").click()
    expect(page.get_by_test_id("time")).to_have_text("Report, Saturday, 29 February 2020", use_inner_text=True)
    expect(page.locator(".nothing")).to_have_text("Nothing was pressed in this time.", use_inner_text=True)
    with page.expect_download() as download:
        page.get_by_test_id("csv").click()
    assert download.value.suggested_filename == "counter-report.csv"
    assert [one for one in said if "Content Security Policy" in one] == []
    page.close()


def test_the_table_downloads_and_a_refusal_explains_itself(back_end_for_all: BackEnd):
    press(back_end_for_all, 3)
    now = now_ms()
    asked = f"since={now - 86_400_000}&until={now}&separator=semicolon"
    status, headers, text = get(back_end_for_all, f"/c/counter/report.csv?{asked}")
    [total] = [row for row in csv.DictReader(io.StringIO(text), delimiter=";") if row["what"] == "total"]
    assert (status, headers["Cache-Control"], total["zone"]) == (200, "no-store", "UTC")
    assert int(total["added"]) >= 3
    for query, status, sentence in (
        ("/c/nowhere/report", 404, "There is no such counter."),
        ("/c/counter/report?round=99", 404, "There is no such counter."),
        ("/c/counter/report?since=5&until=5", 400, "A period needs a start and an end, and it must end after it starts."),
        ("/c/counter/report?since=0&until=99999999999", 400, "This period is too long. Choose a shorter one."),
        ("/c/counter/report?day=2026-02-30", 400, None),
        ("/c/counter/report?day=0001-01-01&zone=Asia/Tokyo", 400, None),
        ("/c/counter/report?round=9999999999999999", 400, None),
        ("/c/counter/report?since=٣&until=9", 400, None),
        ("/c/counter/report?day=2026-02-03&zone=%00", 400, None),
    ):
        found, headers, text = get(back_end_for_all, urllib.request.quote(query, safe="/?&=%"))
        assert (found, sentence is None or sentence in text) == (status, True), (query, text[-300:])
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "Такого счётчика нет." in get(back_end_for_all, "/c/nowhere/report?lang=ru")[2]
    assert "Traceback" not in back_end_for_all.printed()
