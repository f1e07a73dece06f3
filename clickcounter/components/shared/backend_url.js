/* Where the server answers plain HTTP: the pages may come from another host. */
import env from "$/env.json";
import { getBackendURL } from "$/utils/state";

/** The URL of a path there, such as "/import". Only in a browser. */
export const backendUrl = (path) => new URL(`.${path}`, getBackendURL(env.EVENT).href.replace(/^ws/, "http"));
