/* The counter's menu, and the dialogs that it opens. */
import { Suspense, useEffect, useState } from "react";
import { part } from "../app/part.jsx";
import { useLearntKeys } from "../hardware/use_learnt_keys.js";
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
const preloadDialogs = () => void loadDialogs().catch(() => {}); // it is told when one is opened
const Dialogs = part(loadDialogs); // most visits need none of them

export const CounterMenu = ({ reply, access, children, ...events }) => {
  const [dialog, setDialog] = useState(null); // the open one: its name and its props
  setShowDialog(setDialog);
  setActionHandlers(events);
  useEffect(() => receiveReply(reply), [reply]);
  useEffect(() => receiveReply(access), [access]);
  useInvitation();
  const counter = useCounter();
  useLearntKeys([counter], counter);
  useEffect(loadAppWindow, []);
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

/** What only the window of an installed app needs. */
const loadAppWindow = () => {
  if (!matchMedia("(display-mode: browser)").matches) import("../app/app_window.js").catch(() => {}); // the page works without it
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
    onPointerEnter={preloadDialogs}
    onFocus={preloadDialogs}
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
  const cannotCount = inactive || !!about?.group;
  const mayNotManage = rights !== null && !rights.manage;
  const mayNotAdd = mayNotManage && !(about?.lets_add && rights.press);
  const slug = encodeURIComponent(counter);
  const deletable = about?.archived && counter !== DEFAULT_COUNTER && !mayNotManage;
  const [installable, setInstallable] = useState(false);
  return (
    <div
      id="menu"
      popover="auto"
      className="menu corner"
      onBeforeToggle={() => setInstallable(!!window.installation)}
      onClick={(event) => event.target.closest("[data-closes]") && closeMenu()}
    >
      <Item icon="share" text="share" dialog="share" className="narrow" />
      <Item icon="people" text="who" dialog="who" />
      <Item icon="clock" text="history" href={`/c/${slug}/history`} />
      <Item icon="sun" text="counting_mode" href="?mode=count" hidden={cannotCount || !mayPress(view)} />
      <Item icon="plus" text="add" dialog="amount" hidden={cannotCount || !mayPress(view)} />
      <Item icon="target" text="correct" dialog="correct" hidden={cannotCount || mayNotManage} />
      <Item icon="clock" text="past" dialog="past" hidden={cannotCount || mayNotAdd} />
      <Item icon="layers" text="parts" dialog="parts" hidden={!about?.group} />
      <Item icon="flag" text="goal" dialog="goal" hidden={mayNotManage} />
      <Item icon="calendar" text="schedule" dialog="schedule" hidden={mayNotManage} />
      <Item icon="pen" text="describe" dialog="describe" hidden={mayNotManage} />
      <Item icon="eye" text="access" dialog="access" hidden={!rights?.admit} />
      <Item icon="people" text="members" dialog="members" hidden={!rights?.admit} />
      <Item icon="key" text="keys" dialog="keys" hidden={!rights?.admit} />
      <Item icon="send" text="webhooks" dialog="webhooks" hidden={!rights?.admit} />
      <Item icon="copy" text="elsewhere" dialog="elsewhere" hidden={!about} />
      <Item icon="tag" text="claim" dialog="claim" hidden={!rights?.claim} />
      <Item icon="screen" text="screen" href={`/c/${slug}/display`} />
      <Item icon="layers" text="overlay" href={`/c/${slug}/display?transparent=1`} />
      <Item icon="keyboard" text="buttons" dialog="buttons" />
      <Item icon="person" text="account" href={`/account?from=${encodeURIComponent(`/c/${slug}`)}`} name={person?.name} />
      <button type="button" className="btn" hidden={!installable} data-closes="" data-testid="menu-install" onClick={install}>
        <Icon name="download" />
        <span>
          <T id="install" />
        </span>
      </button>
      <hr />
      <Item icon="archive" text="archive" dialog="archive" hidden={about?.archived || mayNotManage} />
      <Item icon="trash" text="delete" dialog="delete" className="bad" hidden={!deletable} />
      <Item icon="zero" text="reset" dialog="reset" className="bad" hidden={inactive || mayNotManage} />
      <div className="narrow ends">{children}</div>
    </div>
  );
};

/** The head of the page keeps the browser's offer to install the app, where it makes one. An offer is good for one answer. */
const install = () => {
  window.installation.prompt();
  window.installation = null;
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
