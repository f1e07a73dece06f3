"""The page's socket, opened by its first lines.

Reflex opens it once the scripts are there: on a slow phone a second or two after the page, and opening takes two round
trips. So a few lines in the head open it at the very address that Reflex will ask for, and hand it over then. Where the two
differ, after an upgrade perhaps, or this one is closed by then, Reflex gets one of its own and nothing else is lost;
tests/test_first_visit.py holds that they agree.
"""

from reflex.constants import Endpoint, Reflex

# What came before Reflex listened is told to it once it does: it sets its ears right after the socket is made.
_SCRIPT = """(() => {
  if (document.visibilityState === "hidden") return;
  const Plain = WebSocket, address = new URL("%(address)s"), here = location;
  if (["localhost", "0.0.0.0"].includes(address.hostname)) {
    address.hostname = here.hostname;
    if (here.protocol === "https:") address.protocol = "wss:", address.port = "";
  }
  try {
    if (!sessionStorage.token) sessionStorage.token = "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
      (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));
    const wanted = `${address.href}/?token=${sessionStorage.token}&EIO=4&transport=websocket`;
    const early = new Plain(wanted, "%(version)s");
    const heard = [];
    early.onmessage = (message) => heard.push(message);
    window.WebSocket = class extends Plain {
      constructor(url, protocols) {
        const fits = window.WebSocket !== Plain && url === wanted && early.readyState <= Plain.OPEN;
        window.WebSocket = Plain;
        if (!fits) return super(url, protocols);
        if (early.readyState === Plain.OPEN) queueMicrotask(() => {
          early.onopen?.(new Event("open"));
          heard.forEach((message) => early.onmessage?.(message));
        });
        return early;
      }
    };
  } catch {}
})()"""


def early_socket() -> str:
    """The script."""
    return _SCRIPT % {"address": Endpoint.EVENT.get_url(), "version": Reflex.VERSION}
