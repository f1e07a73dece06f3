/* Tells this browser's tabs that somebody signed in or out in one of them. What that means, each asks the server. */
const NAME = "clickcounter.account";

let channel = null;
try {
  channel = new BroadcastChannel(NAME);
} catch {
  // without it a tab finds out with its next press
}

export const tellTabs = () => channel?.postMessage("changed");

/** Another tab told. */
export const onAccountNews = (hear) => channel?.addEventListener("message", hear);

/** A socket keeps the cookie that it was opened with, so it is opened anew: Reflex closes it at this event, which otherwise
 * means that the page goes away, and any event of its own makes it connect again. */
export const reopenSocket = (nudge) => {
  dispatchEvent(new Event("beforeunload"));
  nudge?.();
};
