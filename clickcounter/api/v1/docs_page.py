"""The page that shows the OpenAPI document: plain HTML without scripts, made from the document itself."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from clickcounter.api.v1.answers import PREFIX, REVALIDATED, STATUS, VARY, Header, has
from clickcounter.i18n.errors import SENTENCES
from clickcounter.web.base_path import here

STYLE = """
:root{color-scheme:light dark;background:Canvas;color:CanvasText;font:16px/1.5 system-ui,sans-serif}
body{max-width:60rem;margin:0 auto;padding:1rem}
h2{margin-top:2.5rem}h3{margin:2rem 0 0;font-size:1.05rem;overflow-wrap:anywhere}
code,b{font-family:ui-monospace,monospace}
table{border-collapse:collapse;display:block;overflow-x:auto}
td,th{text-align:start;vertical-align:top;padding:.2rem 1rem .2rem 0}
"""
_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class File:
    """Something that changes with a new version alone."""

    body: bytes
    headers: list[Header]
    tag: str

    def answer(self, request: Request) -> Response:
        """The file, or 304 where the client has it."""
        known = has(request, self.tag)
        answer = Response(b"" if known else self.body, 304 if known else 200)
        answer.raw_headers += [(b"etag", self.tag.encode()), REVALIDATED, VARY, *([] if known else self.headers)]
        return answer


def file(body: bytes, kind: str, *headers: Header) -> File:
    """One of this kind."""
    return File(body, [(b"content-type", kind.encode()), *headers], f'"{hashlib.sha256(body).hexdigest()[:16]}"')


def page(document: Document) -> File:
    """The page."""
    return file(_html(document).encode(), "text/html; charset=utf-8", (b"content-security-policy", POLICY.encode()))


def _html(document: Document) -> str:
    shapes = document["components"]["schemas"]
    operations = "".join(
        _operation(method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    tables = "".join(_shape(name, shape) for name, shape in shapes.items())
    errors = "".join(
        f"<tr id={escape(code)}><td><code>{escape(code)}</code><td>{status}<td>{escape(SENTENCES[code].en)}"
        for code, status in STATUS.items()
        if code in SENTENCES
    )
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{escape(document['info']['title'])} API</title><style>{STYLE}</style>"
        f"<main><h1>{escape(document['info']['title'])} API</h1><p>{escape(document['info']['description'])} "
        f"The same as <a href={here(PREFIX)}/openapi.json>OpenAPI document</a>.</p>"
        f"<h2>Requests</h2>{operations}<h2>Shapes</h2>{tables}"
        f"<h2>Errors</h2><table><tr><th>Code<th>Status<th>Sentence{errors}</table></main>"
    )


def _operation(method: str, path: str, operation: Document) -> str:
    rows = [
        f"<tr><td><code>{escape(one['name'])}</code><td>{escape(one['in'])}"
        f"<td>{_kind(one['schema'])}<td>{escape(one.get('description', ''))}"
        for one in operation.get("parameters", ())
        if one["in"] != "path"
    ]
    if body := operation.get("requestBody"):
        rows.append(f"<tr><td>body<td><td>{_kind(next(iter(body['content'].values()))['schema'])}<td>")
    for status, response in operation["responses"].items():
        content: Document = next(iter(response.get("content", {}).values()), {"schema": {}})
        rows.append(f"<tr><td>{status}<td><td>{_kind(content['schema'])}<td>{escape(response['description'])}")
    return (
        f"<h3><b>{method.upper()}</b> <code>{here(PREFIX)}{escape(path)}</code></h3>"
        f"<p>{escape(operation.get('description', ''))}</p><table>{''.join(rows)}</table>"
    )


def _shape(name: str, shape: Document) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(field)}</code><td>{_kind(schema)}<td>{escape(schema.get('description', ''))}"
        for field, schema in shape.get("properties", {}).items()
    )
    about = escape(shape.get("description", ""))
    return f"<h3 id=shape-{escape(name)}>{escape(name)}</h3><p>{about}</p><table>{rows}</table>"


def _kind(schema: Document) -> str:
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f"<a href=#shape-{name}>{name}</a>"
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(f"<code>{escape(repr(one))}</code>" for one in schema["enum"])
    if schema.get("format") == "binary":
        return "a file"
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    return escape(str(schema.get("title") if "properties" in schema else schema.get("type", "")))
