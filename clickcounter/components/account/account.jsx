/* One's own account: register, sign in and out, change the name and the password, delete the account. */
import { Suspense, useEffect, useState } from "react";
import { part } from "../app/part.jsx";
import { Bilingual, T, TextsProvider, inLanguage, useFormats } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { ErrorMessage } from "../shared/modal.jsx";
import { administrationUrl, changeAccount, fetchAccount, post } from "./account_api.js";
import { onAccountChange } from "./account_channel.js";
import { CodeField, Form, LazySection, NameField, PasswordField, Section, withSentences } from "./forms.jsx";
import { forgetInvitation, pendingInvitation, reloadForInvitation } from "./invitation.js";
import { PasskeySignIn } from "./passkey_sign_in.jsx";
import { CameBack, Links, SignInAgain, SignInElsewhere, useWays } from "./oidc.jsx";
import { previousPage } from "./previous_page.js";

const SecondFactor = part(async () => ({ default: (await import("./second_factor.jsx")).SecondFactor }));
const Passkeys = part(async () => ({ default: (await import("./passkeys.jsx")).Passkeys }));
const Keys = part(async () => ({ default: (await import("../dialogs/keys_dialog.jsx")).Keys }));

export const Account = ({ texts }) => {
  const [state, setState] = useState(null); // { account, registration }, or { error, sentences }
  useEffect(() => {
    fetchAccount().then(setState);
    document.documentElement.dataset.sky = "clear";
  }, []);
  useEffect(() => {
    document.title = `${inLanguage(texts.account)} · Click Counter`;
  }, [useFormats()]);
  useEffect(reloadForInvitation, []);
  useEffect(() => {
    // Somebody may have signed in or out in another tab meanwhile.
    const refresh = () =>
      document.visibilityState === "visible" && fetchAccount().then((answer) => !answer.error && setState(answer));
    document.addEventListener("visibilitychange", refresh);
    const stop = onAccountChange(refresh);
    return () => {
      document.removeEventListener("visibilitychange", refresh);
      stop();
    };
  }, []);
  const { account } = state ?? {};
  return (
    <TextsProvider value={texts}>
      <link rel="stylesheet" href="/account.css" precedence="page" />
      {!state && (
        <p className="quiet">
          <T id="asking" />
        </p>
      )}
      {state?.error && <ErrorMessage reply={withSentences(state, texts)} />}
      {state && !state.error && <CameBack account={account} />}
      {state && !state.error && !account && <SignIn registration={state.registration} />}
      {account && <Profile account={account} onChange={(account) => setState({ ...state, account })} />}
    </TextsProvider>
  );
};

export const BackLink = ({ texts }) => {
  const [href, setHref] = useState("/");
  useEffect(() => setHref(previousPage()), []);
  return (
    <a className="btn" href={href} data-testid="back">
      <Icon name="back" />
      <span className="label">
        <Bilingual text={texts.to_counter} />
      </span>
    </a>
  );
};

/** Registers or signs in. An error if the browser did not keep the cookie, as on the next page nobody would be signed in. */
const enter = (path, more) => async (fields) => confirmed(await changeAccount(path, { ...fields, ...more }));

const confirmed = async (answer) => {
  if (answer.error) return answer;
  return (await fetchAccount()).account ? answer : { error: "cross_site", sentences: null };
};

const SignIn = ({ registration }) => {
  const invitation = registration === "invitation" ? pendingInvitation() : null;
  const [registering, setRegistering] = useState(!!invitation);
  const [codeAsked, askCode] = useState(false); // by the account's second factor
  const onDone = () => {
    if (registering) forgetInvitation();
    location.assign(previousPage());
  };
  return (
    <>
      <h1>
        <T id={registering ? "register" : "sign_in_title"} />
      </h1>
      <p className="quiet">
        <T id={invitation ? "invited_to_register" : "account_said"} />
      </p>
      {registration === "open" || invitation ? (
        <p className="seg">
          {[false, true].map((value) => (
            <button
              key={value}
              type="button"
              className="btn"
              aria-pressed={registering === value}
              onClick={() => setRegistering(value)}
              data-testid={value ? "fresh" : "known"}
            >
              <T id={value ? "register_short" : "sign_in_title"} />
            </button>
          ))}
        </p>
      ) : (
        <p className="quiet">
          <T id={registration === "invitation" ? "registration_invited" : "registration"} />
        </p>
      )}
      <Form
        key={registering}
        testId={registering ? "register" : "sign-in"}
        submit={registering ? "register_do" : "sign_in_do"}
        action={enter(registering ? "register" : "sign-in", registering && invitation ? { invitation } : {})}
        onDone={onDone}
        onError={({ error }) => error === "second_factor" && askCode(true)}
      >
        <NameField hint={registering ? "name_hint" : undefined} />
        <PasswordField isNew={registering} />
        {codeAsked && !registering && <CodeField label="code_or_recovery" autoFocus />}
      </Form>
      {!registering && <PasskeySignIn confirm={confirmed} onDone={onDone} />}
      <SignInElsewhere />
    </>
  );
};

const Profile = ({ account, onChange }) => {
  const onDone = (answer) => onChange(answer.account);
  // The session has ended, perhaps by an earlier try that got no answer: deleting the account ends it.
  const change = (path) => async (fields) => {
    const answer = await changeAccount(path, fields);
    if (answer.error === "signed_out") onChange(null);
    return answer;
  };
  const [ways, refreshWays] = useWays(account);
  const hasPassword = ways?.password !== false;
  const [passwordChanged, setPasswordChanged] = useState(false);
  const [keysShown, showKeys] = useState(false);
  const signOut = (path) => async () => {
    const answer = await changeAccount(path);
    if (!answer.error) onDone(answer);
  };
  return (
    <>
      <h1 data-testid="me">
        <bdi>{account.name}</bdi>
      </h1>
      {account.superuser && (
        <p>
          <a className="btn edge" href={administrationUrl()} data-testid="administration">
            <T id="administration" />
          </a>
        </p>
      )}
      <p className="row-x outs">
        <button type="button" className="btn edge" data-testid="sign-out" onClick={signOut("sign-out")}>
          <T id="sign_out" />
        </button>
        <button
          type="button"
          className="btn edge"
          data-testid="sign-out-everywhere"
          onClick={signOut("sign-out-everywhere")}
        >
          <T id="sign_out_everywhere" />
        </button>
        <button type="button" className="btn edge" data-testid="keys" onClick={() => showKeys(true)}>
          <T id="keys" />
        </button>
      </p>
      {keysShown && (
        <Suspense fallback={null}>
          <Keys ofAccount request={(what, fields) => post(`keys/${what}`, fields)} close={() => showKeys(false)} />
        </Suspense>
      )}
      <Section id="change_name">
        <Form testId="name" submit="save" action={change("name")} onDone={onDone}>
          <NameField key={account.name} defaultValue={account.name} hint="name_hint" />
        </Form>
      </Section>
      <Links ways={ways} refresh={refreshWays} />
      <Section id="change_password">
        {!hasPassword && (
          <p className="quiet">
            <T id="oidc_password_said" />
          </p>
        )}
        <Form
          testId="password"
          submit="save"
          action={change("password")}
          onDone={() => {
            setPasswordChanged(true);
            refreshWays();
          }}
        >
          {hasPassword && <PasswordField name="old" label="old_password" />}
          <PasswordField name="new" label="new_password" isNew />
        </Form>
        {passwordChanged && (
          <p className="ok" role="status">
            <Icon name="check" /> <T id="password_changed" />
          </p>
        )}
      </Section>
      <LazySection id="passkeys_title">
        <Passkeys hasPassword={hasPassword} />
        {!hasPassword && <SignInAgain ways={ways} />}
      </LazySection>
      <LazySection id="second_factor_title">
        <SecondFactor hasPassword={hasPassword} />
        {!hasPassword && <SignInAgain ways={ways} />}
      </LazySection>
      <Section id="delete_account">
        <Form testId="delete" look="danger" submit="delete_do" action={change("delete")} onDone={onDone}>
          <p className="quiet">
            <T id="delete_said" />
          </p>
          {hasPassword && <PasswordField />}
        </Form>
        {!hasPassword && <SignInAgain ways={ways} />}
      </Section>
    </>
  );
};
