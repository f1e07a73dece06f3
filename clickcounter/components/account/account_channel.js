/* Tells this browser's tabs that somebody signed in or out in one of them. What that means, each asks the server. */
const NAME = "clickcounter.account";

let opened = null; // once it is needed, in a browser
const channel = () => {
  try {
    opened ??= new BroadcastChannel(NAME);
  } catch {
    // without it a tab finds out with its next press
  }
  return opened;
};

export const tellTabs = () => channel()?.postMessage("changed");

/** Calls `hear` when another tab told; returns how to stop that. */
export const onAccountNews = (hear) => {
  channel()?.addEventListener("message", hear);
  return () => channel()?.removeEventListener("message", hear);
};

/** A socket keeps the cookie that it was opened with, so it is opened anew: Reflex closes it at this event, which otherwise
 * means that the page goes away, and any event of its own makes it connect again. */
export const reopenSocket = (nudge) => {
  dispatchEvent(new Event("beforeunload"));
  nudge?.();
};
