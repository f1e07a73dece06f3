/* Where a person goes after signing in: back to the page that they came from. */

import { PATH } from "../shared/site.js";

/** The URL of a path of the app's, below `site` on this origin; the first page if `path` leads anywhere else, once it is parsed
 * as a browser does. */
export const urlHere = (path, origin, site = "") => {
  try {
    const { href } = new URL(path ?? "/", origin);
    // The whole URL, because "/.//evil.example" has the path "//evil.example", which alone would name another site.
    if (href.startsWith(`${origin}/`)) return origin + site + href.slice(origin.length);
  } catch {
    // not a URL
  }
  return `${origin}${site}/`;
};

/** From this page's own address. Only in a browser. */
export const previousPage = () => urlHere(new URLSearchParams(location.search).get("from"), location.origin, PATH);
