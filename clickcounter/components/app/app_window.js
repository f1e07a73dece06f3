/* What an installed app has and a tab has not: a number on its icon, and a frame in the page's colour. Loaded in the app's own
 * window only.
 *
 * The icon counts the presses that no server has yet, of all tabs and also of those that were closed: what lies on this
 * browser's disk. So it still shows them when the app is closed.
 */
import { subscribe } from "../counter/tab_store.js";

const PAUSE = 1000; // ms; what is saved sooner is not mentioned

const countUnsaved = () =>
  new Promise((resolve, reject) => {
    const open = indexedDB.open("clickcounter");
    open.onupgradeneeded = () => open.transaction.abort(); // outbox/storage.js makes it
    open.onerror = reject;
    open.onsuccess = () => {
      const clicks = open.result.transaction("clicks").objectStore("clicks").getAll();
      clicks.onsuccess = () => resolve(clicks.result.filter((click) => !click.why).length);
      clicks.onerror = reject;
      open.result.close(); // once that is read
    };
  });

let timer = null;

const showUnsaved = async () => {
  clearTimeout(timer);
  timer = null;
  try {
    const unsaved = await countUnsaved();
    await (unsaved ? navigator.setAppBadge(unsaved) : navigator.clearAppBadge());
    if (unsaved) timer ??= setTimeout(showUnsaved, PAUSE); // another tab may save them
  } catch {
    // no storage, or no place for a number
  }
};

/** The frame follows the page's theme, which may differ from the system's. */
const colourFrame = () => {
  const { backgroundColor } = getComputedStyle(document.documentElement);
  document.querySelectorAll("meta[name=theme-color]").forEach((meta) => (meta.content = backgroundColor));
};

new MutationObserver(colourFrame).observe(document.documentElement, { attributes: true, attributeFilter: ["class", "data-sky"] });
document.documentElement.addEventListener("transitionend", colourFrame);
colourFrame();
if (navigator.setAppBadge) {
  subscribe(() => (timer ??= setTimeout(showUnsaved, PAUSE)));
  document.addEventListener("visibilitychange", showUnsaved);
  showUnsaved();
}
