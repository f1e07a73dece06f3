"""A counter's report: the page `/c/NAME/report`, and the same as `/c/NAME/report.csv`.

`?day=2026-11-28`, `?round=3` or `?since=…&until=…` say of which time; without any it is today. `zone` is the time zone,
`lang` the language. Whoever may see the history may see them.
"""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from clickcounter.api.caller import address_of, caller_of
from clickcounter.api.export import STATUS
from clickcounter.api.v1.answers import language_of
from clickcounter.errors import ClickCounterError, Later
from clickcounter.i18n.errors import sentences_of
from clickcounter.paper import page
from clickcounter.paper.table import csv_report
from clickcounter.paper.words import LANGUAGES
from clickcounter.services import exports
from clickcounter.settings import base_path
from clickcounter.transfer.exports.csv_table import SEPARATORS

NOT_STORED = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Reports:
    """The page's address; `home` is the origin of the other pages, if it is another one."""

    def __init__(self, home: str) -> None:
        self._home = home

    async def show(self, request: Request) -> Response:
        """The page; 404 where there is no such counter, 403 where the caller may not see it, 503 where it is unreadable."""
        setting = page.Setting(_language(request), request.query_params, home=self._home)
        try:
            report = await _report(request)
        except ClickCounterError as error:
            refusal = page.refusal(error, request.path_params["counter"], setting)
            return _html(refusal, STATUS.get(error.code, 400), error)
        return _html(page.document(report, setting))


async def download(request: Request) -> Response:
    """The table; refused in the same way, with the sentence alone."""
    try:
        report = await _report(request)
    except ClickCounterError as error:
        said = sentences_of(error).as_dict()[_language(request)]
        return PlainTextResponse(said, STATUS.get(error.code, 400), NOT_STORED | _wait(error))
    table = csv_report(report, SEPARATORS.get(request.query_params.get("separator", ""), ","))
    name = {"Content-Disposition": f'attachment; filename="{report.counter}-report.csv"'}
    return Response(table, media_type="text/csv; charset=utf-8", headers=NOT_STORED | name)


async def _report(request: Request) -> exports.Report:
    counter, asked = request.path_params["counter"], request.query_params
    return await exports.report(caller_of(request), counter, asked, address_of(request.scope))


def _html(document: str, status: int = 200, error: ClickCounterError | None = None) -> Response:
    policy = {"Content-Security-Policy": page.policy(document)}
    return HTMLResponse(document, status, NOT_STORED | policy | _wait(error))


def _wait(error: ClickCounterError | None) -> dict[str, str]:
    return {"Retry-After": str(error.seconds)} if isinstance(error, Later) else {}


def _language(request: Request) -> str:
    """The one that the address names, or else the browser's."""
    named = request.query_params.get("lang")
    return named if named in LANGUAGES else language_of(request)


def routes(origins: Sequence[str]) -> list[Route]:
    """The two addresses. Where the pages have an origin of their own, it is the one in the settings."""
    reports = Reports(origins[0] + base_path() if len(origins) == 1 else "")
    return [Route("/c/{counter}/report", reports.show), Route("/c/{counter}/report.csv", download)]
