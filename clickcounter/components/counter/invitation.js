/* An invitation's token is behind the # of its link, which is never sent to the server. The page's first script moves it out
 * of the address (see pages/counter.py); it is kept here until the invited person has signed in. */

const storageKey = (counter) => `clickcounter.invite /c/${counter}`;

/** The token of the invitation that this tab was opened with, or null. */
export const pendingInvitation = (counter) => {
  try {
    return sessionStorage.getItem(storageKey(counter));
  } catch {
    return null;
  }
};

export const forgetInvitation = (counter) => {
  try {
    sessionStorage.removeItem(storageKey(counter));
  } catch {
    // storage is blocked, so there was none
  }
};
