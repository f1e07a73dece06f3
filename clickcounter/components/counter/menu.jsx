/* The counter's menu, and the dialogs that it opens. */
import { Suspense, lazy, useEffect, useState } from "react";
import { mayPress } from "../outbox/press_rules.js";
import { DEFAULT_COUNTER } from "../shared/constants.js";
import { T } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { receiveReply } from "../shared/rpc.js";
import { openDialog, perform, setActionHandlers, setShowDialog } from "./actions.js";
import { useCounter, useView } from "./counter_provider.jsx";
import { forgetInvitation, pendingInvitation } from "./invitation.js";
import { introduce } from "./tab_store.js";

const loadDialogs = () => import("../dialogs/dialogs.jsx");
const Dialogs = lazy(loadDialogs); // most visits need none of them

export const CounterMenu = ({ reply, access, children, ...events }) => {
  const [dialog, setDialog] = useState(null); // the open one: its name and its props
  setShowDialog(setDialog);
  setActionHandlers(events);
  useEffect(() => receiveReply(reply), [reply]);
  useEffect(() => receiveReply(access), [access]);
  useInvitation();
  return (
    <>
      <Menu>{children}</Menu>
      {dialog && (
        <Suspense fallback={null}>
          <Dialogs {...dialog} close={() => setDialog(null)} />
        </Suspense>
      )}
    </>
  );
};

/** A person who was invited becomes a member once they are signed in. */
const useInvitation = () => {
  const counter = useCounter();
  const { connection, problem } = useView();
  const due = connection === "connected" || problem?.code === "members_only";
  useEffect(() => {
    const token = due && pendingInvitation(counter);
    if (!token) return;
    perform("accept", counter, token).then((reply) => {
      if (reply.error === "later" || reply.error === "offline") return;
      if (reply.error !== "needs_account") forgetInvitation(counter);
      if (reply.error) openDialog("invited", { reply });
      else introduce(counter);
    });
  }, [counter, due]);
};

export const ShareButton = () => (
  <button type="button" className="btn wide" data-testid="share" onClick={() => openDialog("share")}>
    <T id="share" />
  </button>
);

export const MenuButton = () => (
  <button
    type="button"
    className="btn icon"
    data-testid="menu"
    popoverTarget="menu"
    onPointerEnter={loadDialogs}
    onFocus={loadDialogs}
  >
    <Icon name="more" className="bold" />
    <span className="sr">
      <T id="more" />
    </span>
  </button>
);

const closeMenu = () => document.getElementById("menu")?.hidePopover();

const Menu = ({ children }) => {
  const counter = useCounter();
  const view = useView();
  const { about, known, person, rights } = view;
  const inactive = !known || about?.archived; // there is nothing to add to, or to reset
  const mayNotManage = rights !== null && !rights.manage;
  const page = `/c/${encodeURIComponent(counter)}`;
  const display = `${page}/display`;
  const deletable = about?.archived && counter !== DEFAULT_COUNTER && !mayNotManage;
  return (
    <div
      id="menu"
      popover="auto"
      className="menu corner"
      onClick={(event) => event.target.closest("[data-closes]") && closeMenu()}
    >
      <Item icon="share" text="share" dialog="share" className="narrow" />
      <Item icon="people" text="who" dialog="who" />
      <Item icon="clock" text="history" href={`${page}/history`} />
      <Item icon="plus" text="add" dialog="amount" hidden={inactive || !mayPress(view)} />
      <Item icon="target" text="correct" dialog="correct" hidden={inactive || mayNotManage} />
      <Item icon="flag" text="goal" dialog="goal" hidden={mayNotManage} />
      <Item icon="pen" text="describe" dialog="describe" hidden={mayNotManage} />
      <Item icon="eye" text="access" dialog="access" hidden={!rights?.admit} />
      <Item icon="people" text="members" dialog="members" hidden={!rights?.admit} />
      <Item icon="key" text="keys" dialog="keys" hidden={!rights?.admit} />
      <Item icon="send" text="webhooks" dialog="webhooks" hidden={!rights?.admit} />
      <Item icon="copy" text="elsewhere" dialog="elsewhere" hidden={!about} />
      <Item icon="tag" text="claim" dialog="claim" hidden={!rights?.claim} />
      <Item icon="screen" text="screen" href={display} />
      <Item icon="layers" text="overlay" href={`${display}?transparent=1`} />
      <Item icon="person" text="account" href={`/account?from=${encodeURIComponent(page)}`} name={person?.name} />
      <hr />
      <Item icon="archive" text="archive" dialog="archive" hidden={about?.archived || mayNotManage} />
      <Item icon="trash" text="delete" dialog="delete" className="bad" hidden={!deletable} />
      <Item icon="zero" text="reset" dialog="reset" className="bad" hidden={inactive || mayNotManage} />
      <div className="narrow ends">{children}</div>
    </div>
  );
};

/** Opens a dialog or a page. A `name` stands in place of its text. */
const Item = ({ icon, text, dialog, href, name, className = "", hidden = false }) => {
  const props = { className: `btn ${className}`, hidden, "data-closes": "" };
  const content = (
    <>
      <Icon name={icon} />
      <span>{name ? <bdi>{name}</bdi> : <T id={text} />}</span>
    </>
  );
  if (href)
    return (
      <a {...props} href={href} data-testid={`menu-${text}`}>
        {content}
      </a>
    );
  return (
    <button type="button" {...props} data-testid={`menu-${dialog}`} onClick={() => openDialog(dialog)}>
      {content}
    </button>
  );
};
