/* What a counter showed last, for a visit without a connection. */

const STORE_INTERVAL = 3000; // ms

const keyOf = (counter) => `clickcounter.last.${counter}`;

/** Calls `store()` when the page may go; and from time to time, because a page that is killed is not told. */
export const whileThePageIsOpen = (store) => {
  setInterval(store, STORE_INTERVAL);
  addEventListener("pagehide", store);
  document.addEventListener("visibilitychange", store);
};

/** A tab that has lost its connection never replaces the newer number of another. */
export const storeLastVisit = (counter, snapshot, about) => {
  if (!snapshot || readLastVisit(counter)?.revision > snapshot.revision) return;
  try {
    localStorage.setItem(keyOf(counter), JSON.stringify({ ...snapshot, about }));
  } catch {
    // storage is blocked: the next visit waits for the server
  }
};

export const readLastVisit = (counter) => {
  try {
    return JSON.parse(localStorage.getItem(keyOf(counter)));
  } catch {
    return null; // there is nothing to show until the server has answered
  }
};
