/* Where the app is. Below a path, the page says so, see web/front_end/; React Router knows, too, and needs no PATH. */

/** "" at the root of its host, or such as "/counter". */
export const PATH = globalThis.document?.documentElement?.dataset?.path ?? "";

/** The address of a path of the app's pages, such as "/c/coffee". Only in a browser. */
export const pageUrl = (path) => location.origin + PATH + path;
