/* Counting mode in the address: ?mode=count. It is an entry of its own in the browser's history, so that Back leaves the mode
 * and not the page.
 *
 * React Router is not told: for it this would be another page, and Reflex would ask the server for it.
 */
const QUERY = "?mode=count";

let leaving = false; // until Back has been carried out: a second one would leave the page

export const isCounting = () => new URLSearchParams(location.search).get("mode") === "count";

const push = () => history.pushState({ ...history.state, counting: true }, "", QUERY);

/** Somebody opened the address itself: the counter's page is put behind it, for Back. */
export const putPageBehind = () => {
  if (!isCounting() || history.state?.counting) return;
  history.replaceState(history.state, "", location.pathname);
  push();
};

let notify = () => {};

export const enter = () => {
  push();
  notify();
};

export const leave = () => {
  if (leaving || !isCounting()) return;
  leaving = true;
  history.back();
};

/** For useSyncExternalStore. */
export const subscribe = (listener) => {
  const page = location.pathname;
  let counting = isCounting();
  notify = () => {
    counting = isCounting();
    listener();
  };
  const onPopState = (event) => {
    leaving = false;
    if (location.pathname !== page || counting === isCounting()) return;
    event.stopImmediatePropagation();
    notify();
  };
  addEventListener("popstate", onPopState, true);
  return () => removeEventListener("popstate", onPopState, true);
};
