"""The stream of events in the OpenAPI document. It is served by api/embed/events.py, whose answer has no end."""

from typing import Any

from clickcounter.api.v1.answers import PROBLEM
from clickcounter.api.v1.routes import TEXTS

PATH = "/counters/{counter}/events"
REFUSED = {"schema": {"$ref": "#/components/schemas/Problem"}}
ABOUT = (
    "The newest number as server-sent events: at once, then whenever it changes; of many changes only the newest. `id` is "
    "the revision and `data` is JSON, as the shape Shown. A comment comes at least every 15 seconds. Where a right ends, or "
    "the server does, the stream ends."
)
OPERATION: dict[str, Any] = {
    "tags": ["Counters"],
    "summary": "Follow Counter",
    "description": ABOUT,
    "operationId": "follow_counter",
    "parameters": [
        {"name": "counter", "in": "path", "required": True, "schema": {"type": "string", "title": "Counter"}},
        {
            "name": "Last-Event-ID",
            "in": "header",
            "required": False,
            "schema": {"type": "string"},
            "description": "The revision that you have, which is not sent again. Browsers send it when they connect again.",
        },
    ],
    "responses": {
        "200": {
            "description": "The events.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **{
            str(status): {"description": TEXTS[status], "content": {PROBLEM.decode(): REFUSED}}
            for status in (400, 401, 403, 404, 429, 503)
        },
    },
}
