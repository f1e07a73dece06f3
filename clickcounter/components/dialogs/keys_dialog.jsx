/* Keys for programs: a counter's, on its page, and an account's. `request(what, fields)` asks the server; see api/keys.py. */
import { useEffect, useState } from "react";
import { backendUrl } from "../shared/backend_url.js";
import { MAX_LABEL } from "../shared/constants.js";
import { formatLongDate } from "../shared/dates.js";
import { Field, FormDialog, InfoDialog, LinkField } from "../shared/form_dialog.jsx";
import { Bilingual, T, TextsProvider, errorText, useTexts } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { DAYS, KEY_TEXTS, SCOPES } from "./constants.js";

export const Keys = ({ request, ofAccount, close }) => {
  const texts = useTexts();
  const [loaded, setLoaded] = useState(null); // the server's answer
  const [open, setOpen] = useState(null); // what is done to which key: { what, key }
  const [made, setMade] = useState(null); // the key that was made last: its text, and the address that presses with it
  const load = () => request("list", {}).then(setLoaded);
  useEffect(() => void load(), []);
  const shared = { request, load, close: () => setOpen(null) };
  return (
    <TextsProvider value={{ ...texts, ...KEY_TEXTS }}>
      {!open && <List {...{ loaded, made, ofAccount, setOpen, close }} />}
      {open?.what === "make" && <NewKey {...shared} ofAccount={ofAccount} onMade={setMade} />}
      {open?.what === "rename" && <Rename {...shared} {...open.key} />}
      {open?.what === "revoke" && <Revoke {...shared} {...open.key} />}
    </TextsProvider>
  );
};

const List = ({ loaded, made, ofAccount, setOpen, close }) => {
  const texts = useTexts();
  return (
    <InfoDialog name="keys" title={<T id="keys" />} close={close}>
      <p className="quiet small">
        <T id={ofAccount ? "keys_of_account" : "keys_of_counter"} />
      </p>
      {made && (
        <>
          <LinkField label="key_text" link={made.text} testId="key-text" />
          {made.address && <LinkField label="key_address" link={made.address} testId="key-address" />}
          <p role="status">
            <T id="key_once" />
          </p>
        </>
      )}
      {loaded?.error && (
        <p className="bad small" role="alert" data-testid="keys-refused" data-code={loaded.error}>
          <Bilingual text={errorText(loaded, texts)} />
        </p>
      )}
      {loaded?.keys?.length === 0 && (
        <p>
          <T id="no_keys" />
        </p>
      )}
      <ul className="parts" data-testid="keys">
        {loaded?.keys?.map((key) => (
          <Key key={key.id} {...key} ofAccount={ofAccount} act={(what) => setOpen({ what, key })} />
        ))}
      </ul>
      {loaded?.keys && (
        <button type="button" className="btn edge" data-testid="new-key" onClick={() => setOpen({ what: "make" })}>
          <Icon name="plus" />
          <T id="key_new" />
        </button>
      )}
    </InfoDialog>
  );
};

const day = (ms) => formatLongDate(ms).replace(/ /g, "\u00a0");

const Key = ({ name, scope, in_address, maker, used_at, expires_at, valid, ofAccount, act }) => (
  <li data-scope={scope} data-valid={valid}>
    <span>
      <bdi>{name}</bdi>
      <small className="quiet" style={{ display: "block" }}>
        <T id={`scope_${scope}`} />
        {!valid && <Detail id="key_stopped" />}
        {in_address && <Detail id="key_in_address" />}
        {used_at ? <Detail id="key_used" when={day(used_at)} /> : <Detail id="key_unused" />}
        {expires_at && <Detail id="key_until" when={day(expires_at)} />}
        {maker && !ofAccount && <Detail id="key_by" who={maker} />}
      </small>
    </span>
    <span className="row-x">
      <Act icon="pen" text="key_rename" name={name} testId="rename-key" onClick={() => act("rename")} />
      <Act icon="trash" text="key_revoke" name={name} testId="revoke-key" onClick={() => act("revoke")} />
    </span>
  </li>
);

const Detail = (props) => (
  <>
    {"\u00a0· "}
    <T {...props} />
  </>
);

const Act = ({ icon, text, name, testId, onClick }) => (
  <button type="button" className="btn icon" data-testid={testId} onClick={onClick}>
    <Icon name={icon} />
    <span className="sr">
      <T id={text} /> <bdi>{name}</bdi>
    </span>
  </button>
);

/** An account's key needs the counter's name besides. */
const pressingAddress = (text, ofAccount) => backendUrl(`/p/${text}`).href + (ofAccount ? "/NAME" : "");

const NewKey = ({ request, load, ofAccount, close, onMade }) => {
  const [scope, setScope] = useState("press");
  const make = async (fields) => {
    const { text, ...refusal } = await request("make", {
      name: fields.name,
      scope,
      days: Number(fields.days) || null,
      in_address: fields.address === "on",
    });
    if (!text) return refusal;
    await load();
    return { error: null, result: { text, address: fields.address === "on" && pressingAddress(text, ofAccount) } };
  };
  return (
    <FormDialog
      name="new-key"
      title={<T id="key_new_title" />}
      submit={<T id="key_make" />}
      action={make}
      onDone={onMade}
      close={close}
    >
      <Field label="key_name_field" hint="key_name_hint" name="name" maxLength={MAX_LABEL} autoFocus />
      <Options name="scope" title="key_may" text="scope" values={SCOPES} chosen={scope} onChange={setScope} />
      {scope === "press" && (
        <label className="check">
          <input type="checkbox" name="address" data-testid="in-address" />
          <span>
            <T id="key_address_field" />
          </span>
        </label>
      )}
      <Options name="days" title="key_lasts" text="days" values={DAYS} chosen={DAYS[0]} />
    </FormDialog>
  );
};

const Options = ({ name, title, text, values, chosen, onChange }) => (
  <fieldset className="field choice">
    <legend>
      <T id={title} />
    </legend>
    {values.map((value) => (
      <label key={value} className="check">
        <input
          type="radio"
          name={name}
          value={value}
          defaultChecked={value === chosen}
          onChange={() => onChange?.(value)}
          data-testid={`${name}-${value}`}
        />
        <span>
          <T id={`${text}_${value}`} />
        </span>
      </label>
    ))}
  </fieldset>
);

/** An action of a form that changes one key; the list is loaded again before it shows. */
const changing = (request, what, id, load) => async (fields) => {
  const answer = await request(what, { ...fields, id });
  if (!answer.error) await load();
  return answer.error ? answer : { error: null };
};

const Rename = ({ request, load, id, name, close }) => (
  <FormDialog
    name="rename-key"
    title={<T id="key_rename_title" />}
    submit={<T id="save" />}
    action={changing(request, "rename", id, load)}
    close={close}
  >
    <Field label="key_name_field" name="name" maxLength={MAX_LABEL} defaultValue={name} autoFocus />
  </FormDialog>
);

const Revoke = ({ request, load, id, name, close }) => (
  <FormDialog
    name="revoke-key"
    urgent
    danger
    title={<T id="key_revoke_title" name={name} />}
    keep="keep"
    submit={<T id="key_revoke" />}
    action={changing(request, "revoke", id, load)}
    close={close}
  >
    <p>
      <T id="key_revoke_said" />
    </p>
  </FormDialog>
);
