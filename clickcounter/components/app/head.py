"""What the head of every page says to a browser that can install it as an app, and to one that stores nothing.

The manifest is a file, and not an answer of the back end, so that it is there wherever the pages are; one for each language,
with one `id`, so that both are the same app. It cannot name the counters that a person opened last: a phone's system keeps a
copy and asks for a new one once in a while, and a manifest made by a page itself, as a Blob, makes no real app on Android.
So its addresses say "last" and "previous", and the service worker knows on the device which counters these are.

Apple's browsers get no manifest. Their app has a storage of its own, which is empty at the first start, so "last" would mean
nothing; without a manifest the icon opens the page from which it was made, with the counter's name below it.
"""

import json

import reflex as rx

from clickcounter.i18n.languages import LANGUAGES, SOURCES

NAME = "Click Counter"
SKIES = {"light": "#E4ECFE", "dark": "#0B0C1C"}  # --sky-1 in assets/clickcounter.css

# Where a browser blocks all storage, even naming it fails, which Reflex's scripts do not expect: they get one in memory.
# Ours do, and say what is not kept.
BLOCKED_STORAGE = """for (const name of ["localStorage", "sessionStorage"]) try { window[name] } catch {
  const value = {
    getItem(key) { return this[key] ?? null },
    setItem(key, text) { if (/^clickcounter/.test(key)) throw new Error("storage is blocked"); this[key] = text },
    removeItem(key) { delete this[key] },
  };
  Object.defineProperty(window, name, { value });
}
"""

# Sets the language before the first paint; anything later would flash. Reflex does the same for the theme. And keeps the
# browser's offer to install the app, which may come before the page's own scripts run.
#
# Texts of other languages than English and Russian come in a file. Until then their places stay empty, for a few seconds at
# most: clickcounter.css hides English ones.
_FIRST_PAINT = """(() => {
  const root = document.documentElement, languages = LANGUAGES;
  let chosen = null;
  try { chosen = localStorage.getItem("clickcounter.lang") } catch {}
  const wanted = [chosen, ...navigator.languages].map((tag) => tag?.split("-")[0]);
  const lang = root.lang = wanted.find((one) => languages.includes(one)) ?? "en";
  if (languages.indexOf(lang) >= IN_THE_PAGE) {
    root.dataset.untranslated = "";
    setTimeout(() => delete root.dataset.untranslated, 4000);
  }
  if ("standalone" in navigator) return;
  const href = `${root.dataset.path ?? ""}/app/${lang}.json`;
  document.head.append(Object.assign(document.createElement("link"), { rel: "manifest", href }));
  addEventListener("beforeinstallprompt", (event) => window.installation = event);
})()"""
FIRST_PAINT = _FIRST_PAINT.replace("LANGUAGES", json.dumps(LANGUAGES)).replace("IN_THE_PAGE", str(len(SOURCES)))


def app_tags() -> list[rx.Component]:
    """The icon for Apple's browsers, which take PNG files only, and the colours of the frame around the page.

    Also the app's name for programs that make link previews: the file that all counters share has no title.
    """
    return [
        rx.el.meta(content=NAME, custom_attrs={"property": "og:title"}),
        rx.el.link(rel="apple-touch-icon", href="/app/apple-touch-icon.png"),
        rx.el.meta(name="apple-mobile-web-app-title", content=NAME),
        rx.el.meta(name="mobile-web-app-capable", content="yes"),
        rx.el.meta(name="apple-mobile-web-app-capable", content="yes"),  # the same, for those of some years ago
        *(
            rx.el.meta(name="theme-color", content=sky, custom_attrs={"media": f"(prefers-color-scheme: {theme})"})
            for theme, sky in SKIES.items()
        ),
    ]
