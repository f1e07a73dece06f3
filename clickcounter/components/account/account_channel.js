/* Tells this browser's other tabs that somebody signed in or out, or changed the account. They ask the server for the rest. */
const NAME = "clickcounter.account";

let opened = null; // when it is first needed, in a browser
const channel = () => {
  try {
    opened ??= new BroadcastChannel(NAME);
  } catch {
    // without it a tab finds out with its next press
  }
  return opened;
};

export const announceAccountChange = () => channel()?.postMessage("changed");

/** Calls `listener` when another tab announces a change. Returns a function that stops that. */
export const onAccountChange = (listener) => {
  channel()?.addEventListener("message", listener);
  return () => channel()?.removeEventListener("message", listener);
};

/** A socket keeps the cookie that it was opened with, so it must be reopened: Reflex closes it at "beforeunload", which
 * usually means that the page is left, and connects again at any event of its own, such as `nudge`. */
export const reopenSocket = (nudge) => {
  dispatchEvent(new Event("beforeunload"));
  nudge?.();
};
