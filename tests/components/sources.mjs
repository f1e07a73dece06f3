/* The outbox's source, to be run as it is, or broken on purpose. */
import { readFileSync } from "node:fs";

const read = (name) => readFileSync(new URL(`../../clickcounter/components/${name}`, import.meta.url), "utf8");

/** The outbox and what it is made of, as shipped. */
export const SOURCES = Object.fromEntries(["outbox.js", "flight.js", "mine.js", "key.js", "way.js"].map((name) => [name, read(name)]));

/** The createOutbox of source texts, each of which stands where the others name it. */
export const load = async (sources) => {
  const address = (name) => {
    const text = sources[name].replace(/"\.\/(\w+\.js)"/g, (_, other) => `"${address(other)}"`);
    return `data:text/javascript,${encodeURIComponent(text).replaceAll("'", "%27")}`;
  };
  return (await import(address("outbox.js"))).createOutbox;
};
