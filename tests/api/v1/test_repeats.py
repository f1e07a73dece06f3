"""What the server remembers of requests that may be sent again."""

import tracemalloc

from clickcounter.api.v1.answers import JSON, NOT_STORED, Answer
from clickcounter.api.v1.presses import name_of
from clickcounter.api.v1.repeats import Repeats
from clickcounter.domain.clicks import Caller
from clickcounter.services.presses.programs import Sender


def test_long_keys_and_requests_take_no_more_memory():
    most = 2_000_000
    repeats, sender = Repeats(most), Sender(Caller(None, "d" * 64), "192.0.2.1")
    tracemalloc.start()
    try:
        for number in range(5_000):
            name = name_of(sender, "press door", "\U0001f600" * 245 + str(number))
            assert repeats.begin(name, b"9" * 4_200 + str(number).encode()) is None
            limits = [(b"ratelimit", f'"program";r={number};t=1'.encode()), (b"ratelimit-policy", b"%d" % number)]
            repeats.end(name, Answer(200, [(b"content-type", JSON), NOT_STORED, *limits], b"%0200d" % number))
        assert tracemalloc.get_traced_memory()[0] < 1.3 * most
    finally:
        tracemalloc.stop()
