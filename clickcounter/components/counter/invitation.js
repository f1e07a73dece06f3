/* An invitation travels behind the #, which no server is sent. The page's first lines take it off the address (see
 * pages/counter.py); it waits here until whoever came by it has signed in. */

const nameOf = (counter) => `clickcounter.invite /c/${counter}`;

export const invitation = (counter, token) => `${location.origin}/c/${encodeURIComponent(counter)}#invite=${token}`;

/** The token that somebody came with; null without one. */
export const invitedTo = (counter) => {
  try {
    return sessionStorage.getItem(nameOf(counter));
  } catch {
    return null;
  }
};

export const forgetInvitation = (counter) => {
  try {
    sessionStorage.removeItem(nameOf(counter));
  } catch {
    // then there was none
  }
};
