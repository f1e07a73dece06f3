/* Accounts elsewhere: signing in with one, and which ones are linked with one's own. */
import { useEffect, useState } from "react";
import { T, useTexts } from "../shared/i18n.jsx";
import { ErrorMessage } from "../shared/modal.jsx";
import { fetchWays, post } from "./account_api.js";
import { announceAccountChange } from "./account_channel.js";
import { Form, PasswordField, Section, withSentences } from "./forms.jsx";
import { previousPage } from "./previous_page.js";

const CAME_BACK = "elsewhere"; // with "in", "linked", or the code of what went wrong

/** How to sign in here: { name, linked, password }, once it is known, and a function that asks again. */
export const useWays = (account) => {
  const [ways, setWays] = useState(null);
  const refresh = () => fetchWays().then((answer) => !answer.error && setWays(answer));
  useEffect(() => void refresh(), [account?.name]);
  return [ways, refresh];
};

/** Goes to the other service. Resolves to an answer only if it cannot. */
const leave = async (fields) => {
  const back = new URLSearchParams(location.search).get("from") ?? "/";
  const answer = await post("account/oidc/start", { back, ...fields });
  if (!answer.error) location.assign(answer.location);
  return answer;
};

/** What became of a sign-in elsewhere, for somebody who has just come back: the page that they came from, or an error. */
export const CameBack = ({ account }) => {
  const texts = useTexts();
  const [failed, setFailed] = useState(null);
  useEffect(() => {
    const url = new URL(location.href);
    const outcome = url.searchParams.get(CAME_BACK);
    if (!outcome) return;
    url.searchParams.delete(CAME_BACK);
    history.replaceState(history.state, "", url);
    if (outcome !== "in" && outcome !== "linked") setFailed(outcome);
    else if (!account) setFailed("cross_site"); // the browser did not keep the cookie
    else announceAccountChange();
    if (outcome === "in" && account) location.replace(previousPage());
  }, []);
  return <ErrorMessage reply={failed && withSentences({ error: Object.hasOwn(texts, failed) ? failed : "not_now" }, texts)} />;
};

export const SignInElsewhere = () => {
  const [ways] = useWays(null);
  if (!ways?.name) return null;
  return <Leave name={ways.name} text="oidc_sign_in" testId="sign-in-elsewhere" />;
};

const Leave = ({ name, text, testId, back }) => {
  const texts = useTexts();
  const [failed, setFailed] = useState(null);
  const go = async () => {
    const answer = await leave(back ? { back } : {});
    setFailed(answer.error ? withSentences(answer, texts) : null);
  };
  return (
    <div className="elsewhere">
      <ErrorMessage reply={failed} />
      <button type="button" className="btn edge" data-testid={testId} onClick={go}>
        <T id={text} name={name} />
      </button>
    </div>
  );
};

/** Who is linked with the account that is signed in. */
export const Links = ({ ways, refresh }) => {
  const [failed, setFailed] = useState(null);
  const texts = useTexts();
  if (!ways || (!ways.name && !ways.linked.length)) return null;
  const unlink = async (id) => {
    const answer = await post("account/oidc/unlink", { id });
    setFailed(answer.error ? withSentences(answer, texts) : null);
    refresh();
  };
  return (
    <Section id="oidc_links">
      <p className="quiet">
        <T id={ways.linked.length ? "oidc_links_said" : "oidc_none"} />
      </p>
      <ul className="links">
        {ways.linked.map(({ id, name, issuer }) => (
          <li key={id} data-link={id}>
            <span>
              <bdi>{name}</bdi> <bdi className="quiet">{issuer}</bdi>
            </span>
            <button type="button" className="btn edge" onClick={() => unlink(id)}>
              <T id="oidc_unlink" />
            </button>
          </li>
        ))}
      </ul>
      <ErrorMessage reply={failed} />
      {ways.name && <LinkForm ways={ways} />}
    </Section>
  );
};

/** With the password, so that nobody else links themselves in a browser that was left open. */
const LinkForm = ({ ways }) => (
  <>
    <Form
      testId="link"
      submit={<T id="oidc_link" name={ways.name} />}
      action={(fields) => leave({ ...fields, link: true, back: "/account" })}
      onDone={() => {}}
    >
      {ways.password && <PasswordField />}
    </Form>
    {!ways.password && <SignInAgain ways={ways} />}
  </>
);

/** For an account without a password: signing in again confirms who is there. */
export const SignInAgain = ({ ways }) => ways?.name && <Leave name={ways.name} text="oidc_again_sign_in" testId="again" back="/account" />;
