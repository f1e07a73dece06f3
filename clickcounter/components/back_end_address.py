"""Lets Reflex's scripts take the back end's address from the page, where early_socket.py finds it, and not from the build.

So one built front end serves any address: the page says where its back end is, see web/front_end/.
"""

from collections.abc import Callable
from typing import Any

import reflex as rx

from clickcounter.components.vite import with_plugin

# The second one keeps the name of the Socket.IO namespace, which would be the path of the address, the same everywhere.
MODULE = r"""
const backEndAddress = () => ({
  name: "back-end-address",
  enforce: "pre",
  transform(code, id) {
    if (!id.endsWith("/utils/state.js")) return;
    const replace = (built, ours) => {
      if (!built.test(code)) throw new Error(`Reflex's state.js has no ${built}: see components/back_end_address.py`);
      code = code.replace(built, ours);
    };
    replace(
      /(export const getBackendURL = \(url_str\) => \{)[^]*?\n\};/,
      "$1 return new URL((url_str ?? env.PING).replace(/.*\\//, ''), window.backEnd) };",
    );
    replace(/io\(endpoint\.href,/, "io(new URL(EVENTURL.replace(/.*\\//, '/'), endpoint).href,");
    return code;
  },
});
"""


class BackEndAddressPlugin(rx.plugins.Plugin):
    """Adds a plugin to Vite's configuration at each build."""

    def pre_compile(self, **context: Any) -> None:
        """Called by Reflex."""
        add: Callable[[str, Callable[[str], str]], None] = context["add_modify_task"]
        add("vite.config.js", lambda config: with_plugin(config, "backEndAddress", MODULE))
