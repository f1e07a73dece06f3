/* An invitation to register. The page's first script took its token out of the address (see pages/counter.py); it is kept
 * here until somebody has registered with it. */

const storageKey = () => `clickcounter.invite ${location.pathname.replace(/\/$/, "")}`;

/** The token of the invitation that this tab was opened with, or null. */
export const pendingInvitation = () => {
  try {
    return sessionStorage.getItem(storageKey());
  } catch {
    return null; // storage is blocked: the link has to be opened where it is not
  }
};

export const forgetInvitation = () => {
  try {
    sessionStorage.removeItem(storageKey());
  } catch {
    // as above
  }
};

/** A link that is opened where the account page is open already changes the part behind the # alone: only loading the page
 * again lets its first script take the token out of the address. Returns a function that stops that. */
export const reloadForInvitation = () => {
  const reload = () => location.hash.startsWith("#invite=") && location.reload();
  addEventListener("hashchange", reload);
  return () => removeEventListener("hashchange", reload);
};
