/* Connects the list of counters to its state: hands on what Reflex brings. */
import { useEffect, useRef, useSyncExternalStore } from "react";
import { onAccountChange } from "../account/account_channel.js";
import { inLanguage, useFormats } from "../shared/i18n.jsx";
import { receiveReply } from "../shared/rpc.js";
import {
  accountChanged,
  emptyView,
  handlers,
  receiveBoard,
  receivePulse,
  request,
  requestIfSilent,
  setDisconnected,
  setQuery,
  subscribe,
  texts as storeTexts,
  viewNow,
} from "./list_store.js";

const SILENCE_CHECK = 500; // ms between two checks

export const useList = () => useSyncExternalStore(subscribe, viewNow, emptyView);

export const ListProvider = ({ board, pulse, reply, disconnected, texts, children, ...events }) => {
  const last = useRef({});
  Object.assign(storeTexts, texts);
  Object.assign(handlers, {
    look: events.onLook,
    nudge: events.onNudge,
    make: events.onMake,
    change: events.onChange,
    changeParts: events.onChangeParts,
    archive: events.onArchive,
    restore: events.onRestore,
    delete: events.onDelete,
  });

  useEffect(() => {
    last.current = { board, pulse }; // Reflex may still have these from an earlier visit
    const words = new URLSearchParams(location.hash.slice(1)).get("find"); // shared with the app, see assets/sw.js
    if (words) {
      history.replaceState(history.state, "", location.pathname);
      setQuery({ search: words });
    } else request();
    const timer = setInterval(requestIfSilent, SILENCE_CHECK);
    return () => clearInterval(timer);
  }, []);

  useEffect(() => {
    if (last.current.board === board || !(board?.rows || board?.error)) return;
    last.current.board = board;
    receiveBoard(board);
  }, [board]);

  useEffect(() => {
    if (last.current.pulse === pulse || !pulse) return;
    last.current.pulse = pulse;
    receivePulse();
  }, [pulse]);

  useEffect(() => receiveReply(reply), [reply]);
  useEffect(() => onAccountChange(accountChanged), []);
  useEffect(() => setDisconnected(disconnected), [disconnected]);

  return (
    <>
      <PageLook title={texts.list} />
      {children}
    </>
  );
};

/** The page around the list: colour means live. */
const PageLook = ({ title }) => {
  const { connection } = useList();
  useEffect(() => {
    document.documentElement.dataset.sky = connection === "connected" ? "clear" : "overcast";
  }, [connection]);
  useEffect(() => {
    document.title = `${inLanguage(title)} · Click Counter`;
  }, [useFormats()]);
  return null;
};
