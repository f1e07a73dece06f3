"""The page's socket, opened by its first lines, and one that says at once when it came to nothing.

Reflex opens it once the scripts are there: on a slow phone a second or two after the page, and opening takes two round
trips. So a few lines in the head open it at the very address that Reflex will ask for, and hand it over then. Where the two
differ, after an upgrade perhaps, or this one is closed by then, Reflex gets one of its own and nothing else is lost;
tests/test_first_visit.py holds that they agree.

Socket.IO's client tries again when it hears an error. Of a socket that is closed before its first word, as by a server that
dies just then, or that nobody answers, as on bad Wi-Fi, it hears none for 20 s. So these lines tell it: at a close, when the
network goes or is back, and after PATIENCE. That doubles each time it was not enough, up to those 20 s, for a line that is
merely slow; after a success that took long it begins with twice that, up to MOST. Each time it is a little shorter, so that
tabs which lost one server do not all come back at one moment.
"""

from clickcounter.socket.reflex_internals import ENGINE_IO, TOKEN, VERSION, socket_url

PATIENCE = 3000  # ms; with Reflex's pause of up to 2 s a tab is back within five where one attempt came to nothing
MOST = 10_000  # ms

# What came before Reflex listened is told to it once it does: it sets its ears right after the socket is made.
_SCRIPT = """(() => {
  const Plain = WebSocket, address = new URL("%(address)s"), here = location;
  if (["localhost", "0.0.0.0"].includes(address.hostname)) {
    address.hostname = here.hostname;
    if (here.protocol === "https:") address.protocol = "wss:", address.port = "";
  }
  let patience = %(patience)d, early, wanted, giveUp;
  // Before Engine.IO listens for the same: it closes its socket at "offline", and is deaf to it then.
  for (const name of ["offline", "online"]) addEventListener(name, (event) => giveUp?.(event));
  const heard = [];
  const watched = (socket) => {
    const over = new AbortController(), { signal } = over, began = performance.now();
    const fail = (event) => {
      over.abort();
      socket.onerror?.(event);
      socket.close();
    };
    const timer = setTimeout(() => {
      patience = Math.min(2 * patience, 20000);
      fail(new Event("error"));
    }, patience * (0.8 + Math.random() / 5));
    giveUp = fail;
    signal.onabort = () => {
      clearTimeout(timer);
      if (giveUp === fail) giveUp = null;
    };
    socket.addEventListener("message", () => {
      over.abort();
      patience = Math.min(Math.max(%(patience)d, 2 * (performance.now() - began)), %(most)d);
    }, { signal });
    socket.addEventListener("error", () => over.abort(), { signal });
    socket.addEventListener("close", fail, { signal });
  };
  window.WebSocket = class extends Plain {
    constructor(url, protocols) {
      const first = early;
      if (url === wanted) early = null;
      if (url !== wanted || !first || first.readyState > Plain.OPEN) {
        super(url, protocols);
        if (url.startsWith?.(address.href)) watched(this);
        return;
      }
      if (!heard.length) watched(first);
      if (first.readyState === Plain.OPEN) queueMicrotask(() => {
        first.onopen?.(new Event("open"));
        heard.forEach((message) => first.onmessage?.(message));
      });
      return first;
    }
  };
  if (document.visibilityState === "hidden") return;
  try {
    if (!sessionStorage.%(token)s) sessionStorage.%(token)s = "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
      (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));
    wanted = `${address.href}/?%(token)s=${sessionStorage.%(token)s}&EIO=%(engine_io)s&transport=websocket`;
    early = new Plain(wanted, "%(version)s");
    early.onmessage = (message) => heard.push(message);
  } catch {}
})()"""


def early_socket() -> str:
    """The script."""
    values = {"address": socket_url(), "version": VERSION, "token": TOKEN, "engine_io": ENGINE_IO}
    return _SCRIPT % (values | {"patience": PATIENCE, "most": MOST})
