/* Connects the board's page to its state, and says which counters are on it: those in its address. */
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { useLocation, useNavigate } from "react-router";
import { connection, handlers, outboxOf, restoreLastVisit, start, subscribe, viewOf } from "../counter/tab_store.js";
import { useLearntKeys } from "../hardware/use_learnt_keys.js";
import { TextsProvider, inLanguage, isolateDirection, useFormats, useTexts } from "../shared/i18n.jsx";
import { receiveReply } from "../shared/rpc.js";
import { addressOf, boardChanges, boardOf } from "./addresses.js";
import {
  boardHandlers,
  followIfSilent,
  followSoon,
  forgetMessages,
  receiveMessages,
  setCounters,
  setDisconnected,
  stopFollowing,
  unsavedOf,
} from "./board_store.js";
import { followChange } from "./saved_boards.js";

const NONE = [];
const SILENCE_CHECK = 500; // ms between two checks
const RESTORE_AFTER = 2500; // ms without a number from the server, after which the last known one is shown

const Board = createContext(null);

/** The board: { counters, name, tooMany } of its address, which are null and "" before the browser has read the address; `change(part)` changes it; see boardChanges. */
export const useBoard = () => useContext(Board);

export const BoardProvider = ({ messages, reply, disconnected, texts, children, ...events }) => {
  const { onRecord: record, onNudge: nudge, onFollow, onMake } = events;
  const board = useAddress();
  const opened = useRef(new Set()); // counters that this visit has shown
  boardHandlers.follow = onFollow;
  boardHandlers.make = onMake;
  Object.assign(handlers, { record, nudge, introduce: followSoon, reportTimes: null });

  useEffect(() => {
    start();
    forgetMessages(messages);
    const timer = setInterval(followIfSilent, SILENCE_CHECK);
    return () => {
      clearInterval(timer);
      stopFollowing();
    };
  }, []);

  const { counters } = board;
  useEffect(() => {
    if (!counters) return;
    const added = counters.filter((counter) => !opened.current.has(counter));
    added.forEach((counter) => outboxOf(counter).open());
    opened.current = new Set(counters);
    setCounters(counters);
    const timer = setTimeout(() => added.forEach(restoreLastVisit), RESTORE_AFTER);
    return () => clearTimeout(timer);
  }, [counters]);

  useLearntKeys(counters ?? NONE, null);
  useEffect(() => receiveMessages(messages), [messages]);
  useEffect(() => receiveReply(reply), [reply]);
  useEffect(() => {
    setDisconnected(disconnected);
    if (disconnected) counters?.forEach(restoreLastVisit);
  }, [disconnected, counters]);

  return (
    <TextsProvider value={texts}>
      <Board.Provider value={board}>
        <Following />
        <PageLook />
        {children}
      </Board.Provider>
    </TextsProvider>
  );
};

/** The board that the address names. Changing it changes the address, and the board that is kept on this device. */
const useAddress = () => {
  const { search } = useLocation();
  const navigate = useNavigate();
  const [read, setRead] = useState(null); // the query, once the browser runs this: the page was built without one
  const changes = useRef(null);
  changes.current ??= boardChanges();
  useEffect(() => {
    setRead(search);
    changes.current.read(search);
  }, [search]);
  const { counters, name, tooMany } = useMemo(() => (read === null ? { counters: null, name: "" } : boardOf(read)), [read]);
  const listed = counters?.join();
  const shown = useMemo(() => counters, [listed]); // another name makes no other board
  const change = useCallback(
    (part) => {
      const { before, after } = changes.current.change(part);
      followChange(before, after);
      navigate(addressOf(after), { replace: true });
    },
    [navigate],
  );
  return useMemo(() => ({ counters: shown, name, tooMany, change }), [shown, name, tooMany, change]);
};

const SHOWN = ["about", "confirmed", "connection", "known", "problem", "refused", "revision", "rights", "undoable", "value"];
const cells = new Map(); // by counter: what its cell shows

/** The same object as long as nothing changes in it: a frame of one counter must not draw all twelve. */
const cellOf = (counter) => {
  const view = viewOf(counter);
  const cell = { ...Object.fromEntries(SHOWN.map((name) => [name, view[name]])), unsaved: unsavedOf(counter) };
  const last = cells.get(counter);
  if (last && Object.keys(cell).every((name) => isSame(last[name], cell[name]))) return last;
  cells.set(counter, cell);
  return cell;
};

const isSame = (a, b) => a === b || (Array.isArray(a) && a.length === 0 && b?.length === 0);

const EMPTY_CELL = { known: false, value: null, connection: "connecting", refused: [], unsaved: 0, about: null };

/** What the cell of a counter shows: the fields of View that it needs; `unsaved` are the presses of this counter alone. */
export const useCell = (counter) => useSyncExternalStore(subscribe, () => cellOf(counter), () => EMPTY_CELL);

/** Something that is true of the whole board, computed from all of its cells: a string, a number or null. */
export const useWhole = (compute) => useSyncExternalStore(subscribe, compute, () => null);

/** "connected" while the server answers; no counter has to be shown for that. */
export const useConnection = () => {
  const wasUp = useRef(false);
  const isUp = useSyncExternalStore(subscribe, connection.isUp, () => false);
  wasUp.current ||= isUp;
  if (isUp) return "connected";
  return wasUp.current ? "reconnecting" : "connecting";
};

/** What a person may do changes with a counter's settings, and when they are let in, so the server is asked again. */
const Following = () => {
  const { counters } = useBoard();
  return counters?.map((counter) => <FollowingOne key={counter} counter={counter} />);
};

const FollowingOne = ({ counter }) => {
  const { about, problem } = useCell(counter);
  const isOut = problem?.code === "members_only";
  const known = useRef({});
  useEffect(() => {
    const { revision, wasOut } = known.current;
    known.current = { revision: about?.revision, wasOut: isOut };
    if ((revision && revision !== about?.revision) || (wasOut && !isOut)) followSoon();
  }, [about?.revision, isOut]);
  return null;
};

const PageLook = () => {
  const { name } = useBoard();
  const { board_title: title } = useTexts();
  const isUp = useConnection() === "connected";
  useEffect(() => {
    document.documentElement.dataset.sky = isUp ? "clear" : "overcast";
    document.documentElement.dataset.colour = "";
  }, [isUp]);
  useEffect(() => {
    document.title = `${isolateDirection(name) || inLanguage(title)} · Click Counter`;
  }, [name, useFormats()]);
  return null;
};
