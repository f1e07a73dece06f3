/* Who may look on and press, who belongs to the counter, and the link that invites to count. */
import { useEffect, useState } from "react";
import { Both, T, useCounter, useView, useWords } from "./counter_tab.jsx";
import { Form, Panel } from "./dialog.jsx";
import { invitation } from "./invitation.js";
import { Copy } from "./people_dialogs.jsx";
import { introduce } from "./tab.js";
import { perform } from "./upkeep.jsx";
import { ICONS, Icon } from "./words.jsx";

const VISIBILITIES = ["listed", "link", "members"];
const PRESSES = ["anyone", "signed_in", "members"];
const ROLES = ["owner", "counter", "viewer"];

export const Access = ({ close }) => {
  const counter = useCounter();
  const { about } = useView();
  return (
    <Form
      name="access"
      title={<T of="access" />}
      submit={<T of="save" />}
      doing={({ visibility, press }) => perform("change", counter, { visibility, press })}
      close={close}
    >
      <Choice name="visibility" title="visibility" of={VISIBILITIES} chosen={about?.visibility} />
      <Choice name="press" title="press_by" of={PRESSES} chosen={about?.press} />
      <p className="quiet small">
        <T of="access_said" />
      </p>
    </Form>
  );
};

const Choice = ({ name, title, of, chosen }) => (
  <fieldset className="field choice">
    <legend>
      <T of={title} />
    </legend>
    {of.map((value) => (
      <label key={value} className="check">
        <input type="radio" name={name} value={value} defaultChecked={value === chosen} data-testid={`${name}-${value}`} />
        <span>
          <T of={`${name}_${value}`} />
        </span>
      </label>
    ))}
  </fieldset>
);

/** The members, and what becomes of them: each change is made at once and shown as the server has it then. */
const useMembers = (counter) => {
  const [found, set] = useState(null); // { members, token }
  const [refused, refuse] = useState(null);
  const look = async () => {
    const { error, sentences, result } = await perform("members", counter);
    if (result) set(result);
    else refuse({ error, sentences });
  };
  const change = async (what, ...how) => {
    const { error, sentences } = await perform(what, counter, ...how);
    refuse(error ? { error, sentences } : null);
    await look();
  };
  useEffect(() => void look(), [counter]);
  return { found, refused, change };
};

export const Members = ({ close }) => {
  const counter = useCounter();
  const words = useWords();
  const { found, refused, change } = useMembers(counter);
  return (
    <Panel name="members" title={<T of="members" />} close={close}>
      {found?.members.length === 0 && (
        <p>
          <T of="no_members" />
        </p>
      )}
      <ul className="parts" data-testid="members">
        {found?.members.map((member) => (
          <Member key={member.account} {...member} change={change} />
        ))}
      </ul>
      {refused && (
        <p className="bad small" role="alert" data-testid="members-refused" data-code={refused.error}>
          <Both of={refused.sentences ?? words[refused.error] ?? words.later} />
        </p>
      )}
      {found && <Invitation counter={counter} token={found.token} change={change} />}
    </Panel>
  );
};

const Member = ({ account, name, role, me, change }) => {
  const words = useWords();
  const lang = document.documentElement.lang;
  return (
    <li data-account={account} data-role={role} className={me ? "me" : undefined}>
      <bdi>{name}</bdi>
      <span className="row-x">
        <select value={role} aria-label={name} data-testid="role" onChange={({ target }) => change("setRole", account, target.value)}>
          {ROLES.map((one) => (
            <option key={one} value={one}>
              {words[`role_${one}`][lang]}
            </option>
          ))}
        </select>
        <button type="button" className="btn icon" data-testid="remove" onClick={() => change("setRole", account, null)}>
          <Icon d={ICONS.x} />
          <span className="sr">
            <T of="remove" />
          </span>
        </button>
      </span>
    </li>
  );
};

const Invitation = ({ counter, token, change }) => {
  if (!token)
    return (
      <button type="button" className="btn edge" data-testid="invite" onClick={() => change("invite")}>
        <Icon d={ICONS.people} />
        <T of="invite" />
      </button>
    );
  const link = invitation(counter, token);
  return (
    <>
      <label className="field">
        <span>
          <T of="invitation_link" />
        </span>
        <span className="input">
          <input readOnly dir="ltr" value={link} data-testid="invitation" onFocus={(event) => event.target.select()} />
          <Copy link={link} />
        </span>
      </label>
      <p className="quiet small">
        <T of="invitation_said" />
      </p>
      <button type="button" className="btn bad" data-testid="revoke" onClick={() => change("revoke")}>
        <Icon d={ICONS.trash} />
        <T of="revoke" />
      </button>
    </>
  );
};

/** Somebody came by the link and is not signed in, or the link is not valid any more: `why` is what the server said. */
export const Invited = ({ close, why }) => {
  const counter = useCounter();
  const words = useWords();
  const from = encodeURIComponent(`/c/${encodeURIComponent(counter)}`);
  const needsAccount = why.error === "needs_account";
  return (
    <Panel name="invited" title={<T of="invited" />} close={close}>
      <p>
        {needsAccount ? <T of="invited_said" /> : <Both of={why.sentences ?? words[why.error] ?? words.later} />}
      </p>
      {needsAccount && (
        <a className="btn prime" href={`/account?from=${from}`} data-testid="to-account">
          <T of="to_account" />
        </a>
      )}
    </Panel>
  );
};

export const Claim = ({ close }) => {
  const counter = useCounter();
  return (
    <Form
      name="claim"
      title={<T of="claim" />}
      submit={<T of="claim_do" />}
      doing={() => perform("claim", counter)}
      done={() => introduce(counter)}
      close={close}
    >
      <p>
        <T of="claim_said" />
      </p>
    </Form>
  );
};
