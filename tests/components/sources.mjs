/* The sources of the outbox, to be run as they are, or with a deliberate bug. */
import { readFileSync } from "node:fs";

const COMPONENTS = new URL("../../clickcounter/components/", import.meta.url);
const OUTBOX = "outbox/outbox.js";
const IMPORTED = ["outbox/batch.js", "outbox/clock.js", "outbox/own_totals.js", "outbox/press_rules.js", "outbox/revisions.js"];
const SHARED = ["shared/constants.js", "shared/keys.js"];

/** The outbox and what it imports, as shipped: source texts by their paths. */
export const SOURCES = Object.fromEntries(
  [OUTBOX, ...IMPORTED, ...SHARED].map((path) => [path, readFileSync(new URL(path, COMPONENTS), "utf8")]),
);

/** The createOutbox of such sources, which import each other. */
export const load = async (sources) => {
  const dataUrl = (path) => {
    const resolve = (relative) => new URL(relative, new URL(path, COMPONENTS)).href.slice(COMPONENTS.href.length);
    const text = sources[path].replace(/ from "(\.[\w./]+)"/g, (_, relative) => ` from "${dataUrl(resolve(relative))}"`);
    return `data:text/javascript,${encodeURIComponent(text).replaceAll("'", "%27")}`;
  };
  return (await import(dataUrl(OUTBOX))).createOutbox;
};
