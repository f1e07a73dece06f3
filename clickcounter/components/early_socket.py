"""Opens the page's socket early, in the head of the page, and reports quickly when a connection attempt fails.

Reflex opens the socket once its scripts are loaded: on a slow phone a second or two after the page, and opening takes two
round trips. So a script in the head opens it at the address that Reflex will use, and hands it over then. If the address
differs, as after an upgrade, or the socket is closed by then, Reflex gets a new one and nothing is lost;
tests/pages/test_first_visit.py checks that the addresses agree.

Where the back end is, the page says in an attribute of <html> that is written when it is served, see web/front_end/. Without
one it is where REFLEX_API_URL pointed when the page was built. back_end_address.py lets Reflex use the same.

Socket.IO's client reconnects when it gets an error. If a socket is closed before its first message, as by a server that
stops at that moment, or if nobody answers, as on bad Wi-Fi, it gets none for 20 s. So this script reports an error: when the
socket closes, when the network goes or comes back, when the page wakes up, and after a timeout. The timeout doubles after
each failure, up to those 20 s, in case the connection is merely slow; after a slow success it starts at twice the time that
was needed, up to MAX_FIRST_TIMEOUT. Each one is shortened by a random part, so that tabs which lost one server do not come
back at one moment.

It also makes short frames whole before Socket.IO's client sees them, and says in the socket's address that it can: a page
without this script gets whole ones.
"""

from clickcounter.socket.protocol import ABOUT, BASE, SHORT, SHORT_FRAMES
from clickcounter.socket.reflex_internals import ENGINE_IO, EVENT_PATH, TOKEN, VERSION, socket_url

FIRST_TIMEOUT = 3000  # ms; with Reflex's pause of up to 2 s a tab is back within five if one attempt failed
MAX_FIRST_TIMEOUT = 10_000  # ms

# Messages that arrive before Reflex listens are buffered, and passed on once it does: right after it made the socket.
_SCRIPT = r"""(() => {
  const NativeWebSocket = WebSocket, given = document.documentElement.dataset.backEnd;
  const address = window.backEnd = new URL(given ? given + "%(endpoint)s" : "%(address)s", location);
  if (given) address.protocol = address.protocol.replace("http", "ws");
  else if (["localhost", "0.0.0.0"].includes(address.hostname)) {
    address.hostname = location.hostname;
    if (location.protocol === "https:") address.protocol = "wss:", address.port = "";
  }
  let timeout = %(timeout)d, early, earlyUrl, failPending;
  // Registered before Engine.IO does the same: at "offline" it closes its socket, and ignores errors after that.
  for (const name of ["offline", "online", "resume", "pageshow"])
    addEventListener(name, (event) => event.persisted === false || failPending?.(event), true);
  const buffered = [];
  const watch = (socket) => {
    const settled = new AbortController(), { signal } = settled, startedAt = performance.now();
    const fail = (event) => {
      settled.abort();
      socket.onerror?.(event);
      socket.close();
    };
    const timer = setTimeout(() => {
      timeout = Math.min(2 * timeout, 20000);
      fail(new Event("error"));
    }, timeout * (0.8 + Math.random() / 5));
    failPending = fail;
    signal.onabort = () => {
      clearTimeout(timer);
      if (failPending === fail) failPending = null;
    };
    socket.addEventListener("message", () => {
      settled.abort();
      timeout = Math.min(Math.max(%(timeout)d, 2 * (performance.now() - startedAt)), %(max_timeout)d);
    }, { signal });
    socket.addEventListener("error", () => settled.abort(), { signal });
    socket.addEventListener("close", fail, { signal });
  };
  const restore = (socket) => {
    let head, round, about;
    socket.addEventListener("message", (event) => {
      const mark = event.data[0], said = event.data.slice(1);
      let data = said;
      if (mark === "%(base)s") {
        [, head, round, about] = /^([^]+?"count":)[^]+?(,"round":\d+)[^]+?(},"%(about)s":[^]+"last":)/.exec(said);
      } else if (mark === "%(short)s") {
        const [count, revision, lookers, at, number, ...label] = said.split(",");
        data = `${head}${count},"revision":${revision}${round},"lookers":${lookers},"at":${at}`;
        if (number) data += about + (label.length ? `{"number":${number},"label":${label}}` : number) + `,"at":${at}`;
        data += "}}}}]";
      } else return;
      event.stopImmediatePropagation();
      socket.dispatchEvent(new MessageEvent("message", { data }));
    });
  };
  window.WebSocket = class extends NativeWebSocket {
    constructor(url, protocols) {
      const first = early;
      if (url === earlyUrl) early = null;
      if (url !== earlyUrl || !first || first.readyState > NativeWebSocket.OPEN) {
        const ours = url.startsWith?.(address.href);
        super(ours ? `${url}&%(short_frames)s` : url, protocols);
        if (ours) restore(this), watch(this);
        return;
      }
      if (!buffered.length) watch(first);
      if (first.readyState === NativeWebSocket.OPEN) queueMicrotask(() => {
        first.onopen?.(new Event("open"));
        buffered.forEach((message) => first.onmessage?.(message));
      });
      return first;
    }
  };
  if (document.visibilityState === "hidden") return;
  try {
    if (!sessionStorage.%(token)s) sessionStorage.%(token)s = "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
      (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));
    earlyUrl = `${address.href}/?%(token)s=${sessionStorage.%(token)s}&EIO=%(engine_io)s&transport=websocket`;
    early = new NativeWebSocket(`${earlyUrl}&%(short_frames)s`, "%(version)s");
    restore(early);
    early.onmessage = (message) => buffered.push(message);
  } catch {}
})()"""


def early_socket() -> str:
    """The source of the script."""
    values = {"address": socket_url(), "version": VERSION, "token": TOKEN, "engine_io": ENGINE_IO}
    values |= {"endpoint": EVENT_PATH.removeprefix("/")}
    values |= {"base": BASE, "short": SHORT, "short_frames": SHORT_FRAMES, "about": ABOUT}
    return _SCRIPT % (values | {"timeout": FIRST_TIMEOUT, "max_timeout": MAX_FIRST_TIMEOUT})
