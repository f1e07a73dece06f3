/* What people do with a counter besides pressing: calls to the server, and the dialogs that make them. menu.jsx connects both. */
import { call } from "../shared/rpc.js";
import { connection, deviceSecret } from "./tab_store.js";

const OFFLINE = { error: "offline", sentences: null, result: null };
const WITHOUT_SECRET = new Set(["devices", "parts", "share"]);

const ACTIONS = [
  ...["accept", "addEntry", "archive", "change", "claim", "correct", "countPresses", "delete", "devices", "invite", "members"],
  ...["nameDevice", "removeEntry", "reset", "restore", "revoke", "setRole", "share", "takeBack"],
  ...["changeParts", "parts"],
  ...["addWebhook", "removeWebhook", "testWebhook", "webhooks"],
];

let handlers = {}; // the newest from Reflex, by action
let showDialog = null;

/** The event handlers of all actions, as React props: onArchive and so on. */
export const setActionHandlers = (props) => {
  handlers = Object.fromEntries(
    ACTIONS.map((action) => [action, props[`on${action[0].toUpperCase()}${action.slice(1)}`]]),
  );
};

export const setShowDialog = (show) => {
  showDialog = show;
};

/** Have the server do something. Resolves to its reply. Refused while offline, because Reflex would queue the call and send it
 * much later. */
export const perform = async (action, ...args) => {
  if (!connection.isUp()) return OFFLINE;
  const secret = WITHOUT_SECRET.has(action) ? [] : [await deviceSecret()];
  return call(handlers[action], ...secret, ...args);
};

/** Open a dialog by its name, see dialogs.jsx; `props` are for the dialog. */
export const openDialog = (name, props) => showDialog?.({ ...props, name });
