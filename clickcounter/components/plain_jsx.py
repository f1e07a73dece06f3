"""Leaves Emotion, Reflex's library for styles in Python, out of the pages: 11 kB of each first visit.

Reflex makes every element through Emotion's `jsx`. The pages have their styles in CSS files, so React's own `createElement`
does; only Reflex's fallback for a page that fails has styles in Python, which become those of the element.
"""

from collections.abc import Callable
from typing import Any

import reflex as rx

from clickcounter.components.vite import with_plugin

MODULE = """
const plainJsx = () => ({
  name: "plain-jsx",
  enforce: "pre",
  resolveId: (id) => (id === "@emotion/react" ? "\\0plain-jsx" : null),
  load: (id) =>
    id === "\\0plain-jsx"
      ? `import { createElement } from "react";
         export { Fragment } from "react";
         const styled = ({ css, ...props }) => ({ ...props, style: { ...css, ...props.style } });
         export const jsx = (type, props, ...children) =>
           createElement(type, props?.css ? styled(props) : props, ...children);`
      : null,
});

"""


class PlainJsxPlugin(rx.plugins.Plugin):
    """Adds a plugin to Vite's configuration at each build."""

    def pre_compile(self, **context: Any) -> None:
        """Called by Reflex."""
        add: Callable[[str, Callable[[str], str]], None] = context["add_modify_task"]
        add("vite.config.js", with_plain_jsx)


def with_plain_jsx(config: str) -> str:
    """Vite's configuration with the plugin. Raises ValueError if it has another form than Reflex's."""
    return with_plugin(config, "plainJsx", MODULE)
