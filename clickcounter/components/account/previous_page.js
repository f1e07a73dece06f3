/* Where a person goes after signing in: back to the page that they came from. */

/** The URL of a path of this site; the first page if `path` leads anywhere else, once it is parsed as a browser does. */
export const urlHere = (path, origin) => {
  try {
    const { href } = new URL(path ?? "/", origin);
    // The whole URL, because "/.//evil.example" has the path "//evil.example", which alone would name another site.
    if (href.startsWith(`${origin}/`)) return href;
  } catch {
    // not a URL
  }
  return `${origin}/`;
};

/** From this page's own address. Only in a browser. */
export const previousPage = () => urlHere(new URLSearchParams(location.search).get("from"), location.origin);
