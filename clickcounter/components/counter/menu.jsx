/* What people do with a counter besides pressing: the menu, and the dialogs that it opens. */
import { Suspense, lazy, useEffect, useState } from "react";
import { ask, replied } from "./asks.js";
import { T, useCounter, useView } from "./counter_tab.jsx";
import { forgetInvitation, invitedTo } from "./invitation.js";
import { DEFAULT_COUNTER, deviceSecret, introduce, line } from "./tab.js";
import { mayPress } from "./way.js";
import { ICONS, Icon } from "./words.jsx";

const OFFLINE = { error: "offline", sentences: null, result: null };
const ANONYMOUS = new Set(["devices", "share"]); // asked without the device's secret

const loadDialogs = () => import("./dialogs.jsx");
const Dialogs = lazy(loadDialogs); // most visits need none of them

let handlers = {}; // the newest that Reflex gave us, by what they do
let setOpen = null;

/** Ask the server to do something. Not while it is away: Reflex would hand it on when nobody expects it any more. */
export const perform = async (what, ...args) => {
  if (!line.isUp()) return OFFLINE;
  const first = ANONYMOUS.has(what) ? [] : [await deviceSecret()];
  return ask(handlers[what], ...first, ...args);
};

/** Open a dialog by its name; `then` runs when it was answered. */
export const showDialog = (name, then, why) => setOpen?.({ name, then, why });

const ACTS = [
  ...["accept", "archive", "change", "claim", "correct", "delete", "devices", "invite", "members", "nameDevice"],
  ...["reset", "restore", "revoke", "setRole", "share"],
];

export const Upkeep = ({ reply, access, children, ...events }) => {
  const [open, set] = useState(null);
  setOpen = set;
  handlers = Object.fromEntries(
    ACTS.map((what) => [what, events[`on${what[0].toUpperCase()}${what.slice(1)}`]]),
  );
  useEffect(() => replied(reply), [reply]);
  useEffect(() => replied(access), [access]);
  useInvitation();
  return (
    <>
      <Menu>{children}</Menu>
      {open && (
        <Suspense fallback={null}>
          <Dialogs {...open} close={() => set(null)} />
        </Suspense>
      )}
    </>
  );
};

/** Whoever came by an invitation becomes a member, once they are signed in. */
const useInvitation = () => {
  const counter = useCounter();
  const { link, problem } = useView();
  const due = link === "connected" || problem?.code === "members_only";
  useEffect(() => {
    const token = due && invitedTo(counter);
    if (!token) return;
    perform("accept", counter, token).then((answer) => {
      if (answer.error === "later" || answer.error === "offline") return;
      if (answer.error !== "needs_account") forgetInvitation(counter);
      if (answer.error) showDialog("invited", null, answer);
      else introduce(counter);
    });
  }, [counter, due]);
};

export const ShareButton = () => (
  <button type="button" className="btn wide" data-testid="share" onClick={() => showDialog("share")}>
    <T of="share" />
  </button>
);

export const MenuButton = () => (
  <button type="button" className="btn icon" data-testid="menu" popoverTarget="menu" onPointerEnter={loadDialogs} onFocus={loadDialogs}>
    <Icon d={ICONS.more} className="bold" />
    <span className="sr">
      <T of="more" />
    </span>
  </button>
);

const closeMenu = () => document.getElementById("menu")?.hidePopover();

const Menu = ({ children }) => {
  const counter = useCounter();
  const view = useView();
  const { about, known, person, rights } = view;
  const still = !known || about?.archived; // nothing to press, so nothing to add or to end
  const theirs = rights !== null && !rights.manage;
  const page = `/c/${encodeURIComponent(counter)}`;
  const display = `${page}/display`;
  return (
    <div id="menu" popover="auto" className="menu corner" onClick={(event) => event.target.closest("[data-closes]") && closeMenu()}>
      <Item icon="share" of="share" dialog="share" className="narrow" />
      <Item icon="people" of="who" dialog="who" />
      <Item icon="clock" of="history" href={`${page}/history`} />
      <Item icon="plus" of="add" dialog="amount" hidden={still || !mayPress(view)} />
      <Item icon="target" of="correct" dialog="correct" hidden={still || theirs} />
      <Item icon="flag" of="goal" dialog="goal" hidden={theirs} />
      <Item icon="pen" of="describe" dialog="describe" hidden={theirs} />
      <Item icon="eye" of="access" dialog="access" hidden={!rights?.admit} />
      <Item icon="people" of="members" dialog="members" hidden={!rights?.admit} />
      <Item icon="tag" of="claim" dialog="claim" hidden={!rights?.claim} />
      <Item icon="screen" of="screen" href={display} />
      <Item icon="layers" of="overlay" href={`${display}?transparent=1`} />
      <Item icon="person" of="account" href={`/account?from=${encodeURIComponent(page)}`} name={person?.name} />
      <hr />
      <Item icon="archive" of="archive" dialog="archive" hidden={about?.archived || theirs} />
      <Item icon="trash" of="delete" dialog="delete" className="bad" hidden={!about?.archived || counter === DEFAULT_COUNTER || theirs} />
      <Item icon="zero" of="reset" dialog="reset" className="bad" hidden={still || theirs} />
      <div className="narrow ends">{children}</div>
    </div>
  );
};

const Item = ({ icon, of, dialog, href, name, className = "", hidden = false }) => {
  const props = { className: `btn ${className}`, hidden, "data-closes": "" };
  const inside = (
    <>
      <Icon d={ICONS[icon]} />
      <span>{name ? <bdi>{name}</bdi> : <T of={of} />}</span>
    </>
  );
  if (href) return <a {...props} href={href} data-testid={`menu-${of}`}>{inside}</a>;
  return (
    <button type="button" {...props} data-testid={`menu-${dialog}`} onClick={() => showDialog(dialog)}>
      {inside}
    </button>
  );
};
