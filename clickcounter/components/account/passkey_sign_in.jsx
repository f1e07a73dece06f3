/* The button that signs in with a passkey, where the browser has them. */
import { useEffect, useState } from "react";
import { Form } from "./forms.jsx";
import { passkeysWork, signInWithPasskey } from "./passkey_api.js";

/** `confirm(answer)` checks that the browser has kept the session. */
export const PasskeySignIn = ({ confirm, onDone }) => {
  const [shown, show] = useState(false); // not in the page as it was built
  useEffect(() => show(passkeysWork()), []);
  if (!shown) return null;
  const signIn = async () => confirm(await signInWithPasskey());
  return <Form testId="passkey-sign-in" submit="passkey_sign_in" look="edge" action={signIn} onDone={onDone} />;
};
