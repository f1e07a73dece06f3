/* Calls about the account. They use plain HTTP, because only there can the server set a cookie that no script can read. */
import { backendUrl } from "../shared/backend_url.js";
import { once } from "../shared/keys.js";
import { announceAccountChange } from "./account_channel.js";

const NO_ANSWER = { error: "not_now", sentences: null };
const HEADERS = { "Content-Type": "application/json" };

/** The administration's pages, which the server renders itself. */
export const administrationUrl = () => backendUrl("/admin/").href;

const request = async (path, options) => {
  try {
    const response = await fetch(backendUrl(`/${path}`), { credentials: "include", cache: "no-store", ...options });
    return (await response.json()) ?? NO_ANSWER;
  } catch {
    return NO_ANSWER;
  }
};

/** Resolves to { account, registration }, or to { error, sentences }. */
export const fetchAccount = () => request("account/me");

/** Resolves to { name, linked, password }, how somebody signs in here, or to { error, sentences }. */
export const fetchWays = () => request("account/oidc/me");

/** Ask for something that must be carried out once. Resolves to the answer, or to { error, sentences }. */
export const post = (path, fields) =>
  once([path, fields], (key) =>
    request(path, { method: "POST", headers: HEADERS, body: JSON.stringify({ ...fields, key }) }),
  );

/** Resolves to { account }, or to { error, sentences }. */
export const changeAccount = async (path, fields = {}) => {
  const answer = await post(`account/${path}`, fields);
  if (!answer.error) announceAccountChange();
  return answer;
};
