/* Who can see the counter and who can press; its members, invitations, and claiming it for an account. */
import { useEffect, useRef, useState } from "react";
import { perform } from "../counter/actions.js";
import { useCounter, useView } from "../counter/counter_provider.jsx";
import { introduce } from "../counter/tab_store.js";
import { PAST_TEXTS } from "../past/constants.js";
import { PRESS_POLICIES, ROLES, VISIBILITIES } from "../shared/constants.js";
import { FormDialog, InfoDialog, LinkField } from "../shared/form_dialog.jsx";
import { Bilingual, T, errorText, inLanguage, useTexts } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { pageUrl } from "../shared/site.js";

export const Access = ({ close }) => {
  const counter = useCounter();
  const { about } = useView();
  return (
    <FormDialog
      name="access"
      title={<T id="access" />}
      submit={<T id="save" />}
      action={({ visibility, press, lets_add }) =>
        perform("change", counter, { visibility, press, lets_add: !!lets_add })
      }
      close={close}
    >
      <Choice name="visibility" title="visibility" values={VISIBILITIES} chosen={about?.visibility} />
      <Choice name="press" title="press_by" values={PRESS_POLICIES} chosen={about?.press} />
      {!about?.group && (
        <label className="check">
          <input type="checkbox" name="lets_add" defaultChecked={about?.lets_add} />
          <span>
            <Bilingual text={PAST_TEXTS.lets_add} />
          </span>
        </label>
      )}
      <p className="quiet small">
        <T id="access_said" />
      </p>
    </FormDialog>
  );
};

const Choice = ({ name, title, values, chosen }) => (
  <fieldset className="field choice">
    <legend>
      <T id={title} />
    </legend>
    {values.map((value) => (
      <label key={value} className="check">
        <input type="radio" name={name} value={value} defaultChecked={value === chosen} data-testid={`${name}-${value}`} />
        <span>
          <T id={`${name}_${value}`} />
        </span>
      </label>
    ))}
  </fieldset>
);

/** The members, and how to change them. A change takes effect immediately; then the members are loaded again, as many as before. */
const useMembers = (counter) => {
  const [loaded, setLoaded] = useState(null); // { members, next, token }
  const [failed, setFailed] = useState(null); // { error, sentences }
  const load = async (atLeast = loaded?.members.length ?? 1) => {
    const members = [];
    for (let next = null; ; ) {
      const { error, sentences, result } = await perform("members", counter, next);
      if (!result) return setFailed({ error, sentences });
      members.push(...result.members);
      next = result.next;
      if (!next || members.length >= atLeast) return setLoaded({ ...result, members });
    }
  };
  const change = async (action, ...args) => {
    const { error, sentences } = await perform(action, counter, ...args);
    setFailed(error ? { error, sentences } : null);
    await load();
  };
  useEffect(() => void load(1), [counter]);
  return { loaded, failed, change, loadMore: () => load(loaded.members.length + 1) };
};

export const Members = ({ close }) => {
  const counter = useCounter();
  const texts = useTexts();
  const { loaded, failed, change, loadMore } = useMembers(counter);
  const list = useRef(null);
  const before = useRef(null); // how many there were when more were asked for
  useEffect(() => {
    if (before.current !== null && !loaded.next) list.current.children[before.current]?.querySelector("select").focus();
    before.current = null; // the button, which had the focus, is gone after the last page
  }, [loaded]);
  const showMore = () => {
    before.current = loaded.members.length;
    loadMore();
  };
  return (
    <InfoDialog name="members" title={<T id="members" />} close={close}>
      {loaded?.members.length === 0 && (
        <p>
          <T id="no_members" />
        </p>
      )}
      <ul className="parts" data-testid="members" ref={list}>
        {loaded?.members.map((member) => (
          <Member key={member.account} {...member} change={change} />
        ))}
      </ul>
      {loaded?.next && (
        <button type="button" className="btn edge" data-testid="more-members" onClick={showMore}>
          <T id="more_members" />
        </button>
      )}
      {failed && (
        <p className="bad small" role="alert" data-testid="members-refused" data-code={failed.error}>
          <Bilingual text={errorText(failed, texts)} />
        </p>
      )}
      {loaded && <Invitation counter={counter} token={loaded.token} change={change} />}
    </InfoDialog>
  );
};

const Member = ({ account, name, role, me, change }) => {
  const texts = useTexts();
  return (
    <li data-account={account} data-role={role} className={me ? "me" : undefined}>
      <bdi>{name}</bdi>
      <span className="row-x">
        <select
          value={role}
          aria-label={name}
          data-testid="role"
          onChange={({ target }) => change("setRole", account, target.value)}
        >
          {ROLES.map((value) => (
            <option key={value} value={value}>
              {inLanguage(texts[`role_${value}`])}
            </option>
          ))}
        </select>
        <button type="button" className="btn icon" data-testid="remove" onClick={() => change("setRole", account, null)}>
          <Icon name="x" />
          <span className="sr">
            <T id="remove" />
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
        <Icon name="people" />
        <T id="invite" />
      </button>
    );
  return (
    <>
      <LinkField label="invitation_link" link={pageUrl(`/c/${encodeURIComponent(counter)}#invite=${token}`)} testId="invitation" />
      <p className="quiet small">
        <T id="invitation_said" />
      </p>
      <button type="button" className="btn bad" data-testid="revoke" onClick={() => change("revoke")}>
        <Icon name="trash" />
        <T id="revoke" />
      </button>
    </>
  );
};

/** An invitation could not be accepted: its `reply` says why. The person is not signed in, or the link is no longer valid. */
export const Invited = ({ close, reply }) => {
  const counter = useCounter();
  const texts = useTexts();
  const from = encodeURIComponent(`/c/${encodeURIComponent(counter)}`);
  const needsAccount = reply.error === "needs_account";
  return (
    <InfoDialog name="invited" title={<T id="invited" />} close={close}>
      <p>
        {needsAccount ? <T id="invited_said" /> : <Bilingual text={errorText(reply, texts)} />}
      </p>
      {needsAccount && (
        <a className="btn prime" href={`/account?from=${from}`} data-testid="to-account">
          <T id="to_account" />
        </a>
      )}
    </InfoDialog>
  );
};

export const Claim = ({ close }) => {
  const counter = useCounter();
  return (
    <FormDialog
      name="claim"
      title={<T id="claim_title" />}
      submit={<T id="claim_do" />}
      action={() => perform("claim", counter)}
      onDone={() => introduce(counter)}
      close={close}
    >
      <p>
        <T id="claim_said" />
      </p>
    </FormDialog>
  );
};
