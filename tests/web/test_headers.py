"""Headers every page carries, and what a page may not contain."""

import re
from pathlib import Path


def test_nothing_inline_and_no_other_host(visitor):
    policy = visitor.get("/").response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_the_rest(visitor):
    headers = visitor.get("/").response.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers


def test_over_tls_only_tls(visitor):
    headers = visitor.get("/", base_url="https://clinic.example").response.headers
    assert headers["Strict-Transport-Security"].startswith("max-age=")


def test_styles_and_scripts_may_be_kept(client):
    with client.get("/static/css/base.css") as response:
        assert response.headers["Cache-Control"] != "no-store"
        assert response.headers["ETag"]


def test_templates_hold_no_inline_style_or_script(project: Path):
    for template in (project / "templates").rglob("*.html"):
        if template.name in ("outage_sheet.html", "letter.html"):
            continue  # opened without a server, as a file or in a mail program: it carries its own styles
        text = template.read_text()
        assert not re.search(r"\sstyle=|\son[a-z]+=\"|<style|javascript:", text), template
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), template


def test_styles_name_block_and_inline_not_left_and_right(project: Path):
    sides = (
        r"(?<![-\w])(?:(?:margin|padding|border)-)?(?:left|right)\s*:"
        r"|text-align:\s*(?:left|right)|(?<![-\w])(?:width|height)\s*:"
    )
    for sheet in (project / "static" / "css").glob("*.css"):
        found = [m.group() for m in re.finditer(sides, re.sub(r"\((?:min|max)-width[^)]*\)", "", sheet.read_text()))]
        assert found == [], sheet.name
