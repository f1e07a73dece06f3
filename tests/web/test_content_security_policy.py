"""A page's policy, made from the page."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from clickcounter.web import content_security_policy

PAGE = """<!DOCTYPE html><html><head><meta charSet="utf-8"/><script src="/assets/a.js"></script><script>let a = "я"</script>
<script type="module" async="">import "/assets/b.js";</script></head>
<body style="--a:&quot;1&quot;"><p style="--a:&quot;1&quot;"></p></body></html>"""


def source(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def test_inline_code_is_allowed_by_its_hash_alone():
    scripts, styles = content_security_policy.inline_hashes(PAGE)
    assert scripts == [source('let a = "я"'), source('import "/assets/b.js";')]
    assert styles == [source('--a:"1"')]
    told = content_security_policy.policy(scripts, styles, "'self'")
    assert "'unsafe-inline'" not in told
    assert "'unsafe-eval'" not in told
    assert told.startswith("default-src 'none';")


def test_a_page_carries_its_policy_once_after_its_charset():
    once = content_security_policy.with_policy(PAGE, "https://api.example.org")
    assert once == content_security_policy.with_policy(once, "https://api.example.org")
    assert once.index("utf-8") < once.index("Content-Security-Policy") < once.index("<script")
    assert "connect-src 'self' https://api.example.org wss://api.example.org\"" in once


def test_a_page_without_a_charset_is_refused():
    with pytest.raises(ValueError, match="charset"):
        content_security_policy.with_policy("<html></html>", "http://localhost:8000")


@pytest.mark.parametrize(
    ("back_end", "host", "told"),
    [
        ("http://localhost:8000", "a.example:3000", "'self' http://a.example:8000 ws://a.example:8000 https://a.example wss://a.example"),
        ("http://0.0.0.0:3000", "[::1]:3000", "'self' http: https: ws: wss:"),
        ("http://[::1]:8000", "a.example", "'self' http: https: ws: wss:"),
        ("http://localhost", "a.example", "'self' http://a.example ws://a.example https://a.example wss://a.example"),
        ("https://api.example.org", "a.example", "'self' https://api.example.org wss://api.example.org"),
        ("http://localhost:8000", "a.example; script-src *", "'self' http: https: ws: wss:"),
        ("http://localhost:8000", "", "'self' http: https: ws: wss:"),
    ],
)  # fmt: skip
def test_a_page_connects_to_its_back_end_alone(back_end: str, host: str, told: str):
    assert content_security_policy.connect_at(back_end, host) == told


def test_a_build_writes_a_policy_into_every_page(tmp_path: Path):
    (tmp_path / "deep").mkdir()
    for name in ("index.html", "deep/index.html"):
        (tmp_path / name).write_text(PAGE)
    content_security_policy.PolicyPlugin().post_build(static_dir=tmp_path)
    assert all("Content-Security-Policy" in page.read_text() for page in tmp_path.rglob("*.html"))
