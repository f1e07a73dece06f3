/* Whether this browser has the files of a newer version than the page's. */

let ready = false;
const listeners = new Set();

export const subscribe = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** These files make the newest page, and this browser has them all. React Router's list of the pages names each one's files with
 * the hashes of their contents, so it is another one in each version. */
export const receiveFiles = (files) => {
  const own = window.__reactRouterManifest?.url;
  if (ready || !own || files.includes(own)) return;
  ready = true;
  listeners.forEach((listener) => listener());
};

export const isNewer = () => ready;
