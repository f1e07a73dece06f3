"""Vite's configuration with the plugin that leaves Emotion out, and what it leaves in the pages."""

from pathlib import Path

import pytest

from clickcounter.components.plain_jsx import with_plain_jsx

CONFIG = "import x;\nexport default defineConfig(() => ({ plugins: [alwaysUseReactDomServerNode(), reactRouter()] }));\n"


def test_the_plugin_is_added_once():
    once = with_plain_jsx(CONFIG)
    assert once.count("plainJsx()") == 1
    assert with_plain_jsx(once) == once


def test_another_form_of_the_configuration_stops_the_build():
    with pytest.raises(ValueError, match="no place for a plugin"):
        with_plain_jsx("export default {}")


def test_the_built_pages_hold_no_emotion(site: Path):
    scripts = [file.read_text(encoding="utf-8") for file in (site / "assets").glob("*.js")]
    assert scripts
    assert not [script for script in scripts if "data-emotion" in script]
