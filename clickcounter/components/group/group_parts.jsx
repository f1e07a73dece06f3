/* The counters of a group, each with its number live: the tab follows them as a board does, so that what each of them sends
 * comes in variables of its own, and only of those that the viewer may see.
 */
import { useEffect, useState } from "react";
import { useCounter, useView } from "../counter/counter_provider.jsx";
import { deviceSecret } from "../counter/tab_store.js";
import { Bilingual, useFormats } from "../shared/i18n.jsx";
import { formatNumber } from "../shared/numbers.js";
import { call } from "../shared/rpc.js";
import "./group_parts.css";

const RETRY_INTERVAL = 3000; // ms

export const GroupParts = ({ messages, texts, onParts, onFollow }) => {
  useFormats();
  const counter = useCounter();
  const { about, connection } = useView();
  const isLive = connection === "connected";
  const group = useParts(counter, about, isLive, lostOf(messages), onParts);
  const slugs = group?.parts.map((part) => part.counter).join();
  useEffect(() => {
    if (!slugs || !isLive) return;
    deviceSecret().then((secret) => onFollow(slugs.split(","), secret));
  }, [slugs, isLive]);
  if (!about?.group) return null;
  return (
    <section className="of-group" aria-label={about.name || counter}>
      <ul className="parts" data-testid="parts">
        {group?.parts.map((part) => (
          <Part key={part.counter} part={{ ...part, ...newestOf(messages, part) }} texts={texts} />
        ))}
      </ul>
      {group?.hidden > 0 && (
        <p className="quiet small" data-testid="parts-hidden" data-value={group.hidden}>
          <Bilingual text={texts.parts_hidden} n={group.hidden} />
        </p>
      )}
      {group && !group.parts.length && !group.hidden && (
        <p className="quiet">
          <Bilingual text={texts.parts_none} />
        </p>
      )}
    </section>
  );
};

/** The group's counters; null before they are known. Asked for again when the group changes, when a counter is deleted or closed to
 * the viewer (`lost`), and after the connection was lost. */
const useParts = (counter, about, isLive, lost, onParts) => {
  const [parts, setParts] = useState(null);
  useEffect(() => {
    if (!about?.group || !isLive) return;
    let timer;
    let isOver = false;
    const load = async () => {
      const { result } = await call(onParts, counter);
      if (isOver) return;
      if (result) setParts(result);
      else timer = setTimeout(load, RETRY_INTERVAL);
    };
    load();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [counter, about?.group, about?.revision, isLive, lost]);
  return about?.group ? parts : null;
};

/** The variables of counters that are not shown any more. */
const lostOf = (messages) =>
  Object.keys(messages ?? {})
    .filter((name) => name.includes(":") && messages[name]?.error)
    .join();

/** What the server has sent of a part since: `frame…:cars` is the frame of the counter `cars`. */
const newestOf = (messages, { counter }) => {
  const newest = {};
  for (const [name, message] of Object.entries(messages ?? {})) {
    if (message?.counter !== counter || !name.endsWith(`:${counter}`)) continue;
    if (name.startsWith("frame") && message.count !== undefined) newest.value = message.count;
    if (name.startsWith("about")) Object.assign(newest, { name: message.name, archived: message.archived });
  }
  return newest;
};

const Part = ({ part: { counter, name, sign, value, archived }, texts }) => (
  <li data-testid="part" data-counter={counter} data-value={value} data-sign={sign}>
    <a href={`/c/${encodeURIComponent(counter)}`}>{name ? <bdi>{name}</bdi> : <Bilingual text={texts.title} />}</a>
    <span>
      {archived && (
        <small className="quiet">
          <Bilingual text={texts.part_archived} />{" "}
        </small>
      )}
      {sign < 0 && (
        <>
          <span aria-hidden="true">− </span>
          <span className="sr">
            <Bilingual text={texts.part_minus} />
          </span>
        </>
      )}
      <data value={value}>{formatNumber(value)}</data>
    </span>
  </li>
);
