"""A counter of a running Abacus or CountAPI, as a file that can be imported.

Whoever uses the terminal may reach any address anyway. A redirect is not followed: it could lead to one they did not mean.
"""

import http.client
import json
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from clickcounter.domain.numbers import MAX_VALUE
from clickcounter.errors import NotDone

ANSWER_WITHIN = 10.0  # seconds
LONGEST_ANSWER = 10_000  # bytes
SCHEMES = ("http://", "https://")


class _Straight(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow none."""


@contextmanager
def asked(url: str, counter: str) -> Iterator[Path]:
    """A file that says what the counter at `url` stands at; it goes to `counter` here. Raises NotDone."""
    value = read_value(url)
    if value == 0:
        raise NotDone(f"{url} stands at 0: there is nothing to import.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / str(urlsplit(url).hostname)
        path.write_text(json.dumps({"counters": [{"name": counter, "value": value}]}))  # as Simple Counter writes it
        yield path


def read_value(url: str) -> int:
    """The answer to `/get/NAMESPACE/KEY`. Raises NotDone."""
    try:
        request = urllib.request.Request(url, headers={"User-Agent": "clickcounter-terminal", "Accept": "application/json"})  # noqa: S310  SCHEMES
        with urllib.request.build_opener(_Straight).open(request, timeout=ANSWER_WITHIN) as answer:
            found = json.loads(answer.read(LONGEST_ANSWER))
    except urllib.error.HTTPError as error:
        raise NotDone(f"{url} answered {error.code}.") from None
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        raise NotDone(f"{url} cannot be reached: {getattr(error, 'reason', error)}") from None
    except (ValueError, RecursionError):
        found = None
    value = found.get("value") if isinstance(found, dict) else None
    if type(value) is not int or abs(value) > MAX_VALUE:
        raise NotDone(f'{url} does not say {{"value": NUMBER}}, as /get/NAMESPACE/KEY of Abacus and CountAPI does.')
    return value
