/* Loads what tells screen readers of changes, at the first one. */
import { useEffect, useRef, useState } from "react";
import { useView } from "../counter/counter_provider.jsx";
import { canPress } from "../outbox/press_rules.js";

/** For one counter: another needs another `key`. */
export const Announcement = () => {
  const view = useView();
  const since = useRef(null); // what was shown first
  const [Announcements, setAnnouncements] = useState(null);
  if (view.known) since.current ??= view;
  const first = since.current;
  const due = first && (view.value !== first.value || view.refused.length || !canPress(view, 1));
  useEffect(() => {
    if (due) import("./announcements.jsx").then((part) => setAnnouncements(() => part.default), () => {});
  }, [!due, view.connection]); // tried again with the next connection
  return Announcements && <Announcements since={first} />;
};
