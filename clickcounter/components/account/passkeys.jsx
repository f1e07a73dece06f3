/* One's own passkeys: which there are, one more, and one less. See api/passkeys.py. */
import { useEffect, useState } from "react";
import { MAX_LABEL } from "../shared/constants.js";
import { formatLongDate } from "../shared/dates.js";
import { Field } from "../shared/form_dialog.jsx";
import { T, useTexts } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { ErrorMessage } from "../shared/modal.jsx";
import { post } from "./account_api.js";
import { Form, PasswordField, withSentences } from "./forms.jsx";
import { addPasskey, passkeysWork } from "./passkey_api.js";

export const Passkeys = () => {
  const texts = useTexts();
  const [answer, setAnswer] = useState(null); // the server's: { passkeys }, or { error }
  const load = () => post("account/passkeys/list", {}).then(setAnswer);
  useEffect(() => void load(), []);
  const remove = async (id) => {
    await post("account/passkeys/remove", { id });
    load();
  };
  return (
    <div data-testid="passkeys">
      <p className="quiet">
        <T id={passkeysWork() ? "passkeys_said" : "passkeys_not_here"} />
      </p>
      {answer?.error && <ErrorMessage reply={withSentences(answer, texts)} />}
      <ul className="parts">
        {answer?.passkeys?.map((one) => (
          <Passkey key={one.id} {...one} remove={() => remove(one.id)} />
        ))}
      </ul>
      {passkeysWork() && (
        <Form testId="passkey-add" submit="passkey_add" action={addPasskey} onDone={load}>
          <Field name="name" label="passkey_name" hint="passkey_name_hint" maxLength={MAX_LABEL} />
          <PasswordField />
        </Form>
      )}
    </div>
  );
};

const Passkey = ({ name, host, created_at, used_at, remove }) => (
  <li data-testid="passkey">
    <span>
      <bdi>{name}</bdi>
      <small className="quiet">
        {" "}
        {host} · <T id="passkey_made" /> {formatLongDate(created_at)}
        {used_at && (
          <>
            {" "}
            · <T id="passkey_used" /> {formatLongDate(used_at)}
          </>
        )}
      </small>
    </span>
    <button type="button" className="btn icon" data-testid="passkey-remove" onClick={remove}>
      <Icon name="trash" />
      <span className="sr">
        <T id="passkey_remove" />
      </span>
    </button>
  </li>
);
