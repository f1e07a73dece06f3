/* Questions about the account, over plain HTTP: only there can the server set a cookie that no script can read. */
import env from "$/env.json";
import { getBackendURL } from "$/utils/state";
import { tellTabs } from "./account_news.js";

const SILENT = { error: "not_now", sentences: null };
const JSON_SENT = { "Content-Type": "application/json" };

const backEnd = () => new URL(getBackendURL(env.EVENT)).origin.replace(/^ws/, "http");

const address = (what) => `${backEnd()}/account/${what}`;

/** What superusers look after, which is no page of ours but the server's own. */
export const administration = () => `${backEnd()}/admin/`;

const ask = async (what, how) => {
  try {
    const answer = await fetch(address(what), { credentials: "include", cache: "no-store", ...how });
    return await answer.json();
  } catch {
    return SILENT;
  }
};

/** Resolves to { account, registration }, or to { error, sentences }. */
export const me = () => ask("me");

/** Resolves to { account }, or to { error, sentences }. */
export const change = async (what, fields = {}) => {
  const answer = await ask(what, { method: "POST", headers: JSON_SENT, body: JSON.stringify(fields) });
  if (!answer.error) tellTabs();
  return answer;
};
