/* What a counter showed when its page was left, for a visit without a connection. */

const keyOf = (counter) => `clickcounter.last.${counter}`;

export const storeLastVisit = (counter, snapshot, about) => {
  try {
    if (snapshot) localStorage.setItem(keyOf(counter), JSON.stringify({ ...snapshot, about }));
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
