/* Passkeys in the browser: the server's options are JSON, the browser wants bytes, and the other way round. */
import { changeAccount, post } from "./account_api.js";

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));

const base64url = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

/** Only https and localhost have passkeys, and no address in numbers. */
export const passkeysWork = () =>
  typeof window !== "undefined" && !!window.PublicKeyCredential && !/^(\d+\.\d+\.\d+\.\d+|\[.*\])$/.test(location.hostname);

/** What the device answers; an error if its person changed their mind, or it has no such key. */
const askDevice = async (ask) => {
  try {
    const { id, rawId, type, response, authenticatorAttachment } = await ask();
    const fields = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
    const known = fields.filter((name) => response[name]).map((name) => [name, base64url(response[name])]);
    return { id, rawId: base64url(rawId), type, authenticatorAttachment, response: Object.fromEntries(known) };
  } catch (error) {
    return { error: error.name === "InvalidStateError" ? "passkey_known" : "passkey_cancelled", sentences: null };
  }
};

const withIds = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

/** Resolves to {} or to { error, sentences }. */
export const addPasskey = async ({ name, password }) => {
  const { options, ...refused } = await post("account/passkeys/begin", { name, password });
  if (!options) return refused;
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: withIds(options.excludeCredentials),
  };
  const credential = await askDevice(() => navigator.credentials.create({ publicKey }));
  return credential.error ? credential : post("account/passkeys/add", { name, credential });
};

/** Resolves to { account } or to { error, sentences }. */
export const signInWithPasskey = async () => {
  const { options, ...refused } = await post("account/passkeys/offer", {});
  if (!options) return refused;
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: withIds(options.allowCredentials) };
  const credential = await askDevice(() => navigator.credentials.get({ publicKey }));
  return credential.error ? credential : changeAccount("passkeys/sign-in", { credential });
};
