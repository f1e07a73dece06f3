/* One's own account: register, sign in and out, change the password and the name, delete it. */
import { useEffect, useState } from "react";
import { administration, change, me } from "./account.js";
import { onAccountNews } from "./account_news.js";
import { Field } from "./dialog.jsx";
import { Sentence } from "./sheet.jsx";
import { Both, ICONS, Icon, T, WordsOf, useWords } from "./words.jsx";

/** The page from which somebody came; never one of another site. */
const from = () => {
  const path = new URLSearchParams(location.search).get("from") ?? "/";
  return /^\/(?![/\\])/.test(path) ? path : "/";
};

export const Account = ({ texts }) => {
  const [state, set] = useState(null); // { account, registration }, or { error, sentences }
  useEffect(() => {
    me().then(set);
    document.documentElement.dataset.sky = "clear";
    document.title = `${texts.account[document.documentElement.lang]} · Click Counter`;
  }, []);
  useEffect(() => {
    // Somebody may have signed in or out elsewhere meanwhile.
    const again = () => document.visibilityState === "visible" && me().then((told) => !told.error && set(told));
    document.addEventListener("visibilitychange", again);
    const stop = onAccountNews(again);
    return () => {
      document.removeEventListener("visibilitychange", again);
      stop();
    };
  }, []);
  const { account } = state ?? {};
  return (
    <WordsOf value={texts}>
      <link rel="stylesheet" href="/account.css" precedence="page" />
      {!state && (
        <p className="quiet">
          <T of="asking" />
        </p>
      )}
      {state?.error && <Sentence of={worded(state, texts)} />}
      {state && !state.error && !account && <Door open={state.registration === "open"} />}
      {account && <Mine account={account} changed={(account) => set({ ...state, account })} />}
    </WordsOf>
  );
};

export const BackToCounter = ({ texts }) => {
  const [href, set] = useState("/");
  useEffect(() => set(from()), []);
  return (
    <a className="btn" href={href} data-testid="back">
      <Icon d={ICONS.back} />
      <span className="label">
        <Both of={texts.to_counter} />
      </span>
    </a>
  );
};

const worded = ({ error, sentences }, words) => ({ error, sentences: sentences ?? words[error] ?? words.not_now });

/** A form that asks for one thing. `doing(fields)` resolves to an answer; `done` hears of it where there was no error. */
const Form = ({ id, submit, danger, doing, done, children }) => {
  const words = useWords();
  const [answer, set] = useState(null);
  const [busy, setBusy] = useState(false);
  const send = async (event) => {
    event.preventDefault();
    if (busy) return;
    const form = event.target;
    setBusy(true);
    const told = await doing(Object.fromEntries(new FormData(form)));
    setBusy(false);
    set(told.error ? worded(told, words) : null);
    if (told.error) return;
    form.reset();
    done(told);
  };
  return (
    <form onSubmit={send} aria-busy={busy} data-testid={id}>
      {children}
      <Sentence of={answer} />
      <button type="submit" className={`btn ${danger ? "danger" : "prime"}`}>
        <T of={submit} />
      </button>
    </form>
  );
};

const Password = ({ name = "password", of = "password", fresh, hint }) => (
  <Field name={name} of={of} type="password" dir="ltr" autoComplete={fresh ? "new-password" : "current-password"} hint={hint} />
);

/** Who signs in goes back to where they came from, and sees there that it worked; where the cookie did not stay, it says so. */
const enter = (what) => async (fields) => {
  const answer = await change(what, fields);
  if (answer.error) return answer;
  return (await me()).account ? answer : { error: "cross_site", sentences: null };
};

const Door = ({ open }) => {
  const [fresh, set] = useState(false);
  const done = () => location.assign(from());
  return (
    <>
      <h1>
        <T of={fresh ? "register" : "sign_in_title"} />
      </h1>
      <p className="quiet">
        <T of="account_said" />
      </p>
      {open ? (
        <p className="seg">
          {[false, true].map((it) => (
            <button key={it} type="button" className="btn" aria-pressed={fresh === it} onClick={() => set(it)} data-testid={it ? "fresh" : "known"}>
              <T of={it ? "register_short" : "sign_in_do"} />
            </button>
          ))}
        </p>
      ) : (
        <p className="quiet">
          <T of="registration" />
        </p>
      )}
      <Form key={fresh} id={fresh ? "register" : "sign-in"} submit={fresh ? "register_do" : "sign_in_do"} doing={enter(fresh ? "register" : "sign-in")} done={done}>
        <Field name="name" of="name" autoComplete="username" maxLength="40" hint={fresh ? "name_hint" : undefined} />
        <Password fresh={fresh} hint={fresh ? "password_hint" : undefined} />
      </Form>
    </>
  );
};

const Mine = ({ account, changed }) => {
  const told = ({ account }) => changed(account);
  const [done, set] = useState(null);
  const out = (what) => async () => {
    const answer = await change(what);
    if (!answer.error) told(answer);
  };
  return (
    <>
      <h1 data-testid="me">
        <bdi>{account.name}</bdi>
      </h1>
      {account.superuser && (
        <p>
          <a className="btn edge" href={administration()} data-testid="administration">
            <T of="administration" />
          </a>
        </p>
      )}
      <p className="row-x outs">
        <button type="button" className="btn edge" data-testid="sign-out" onClick={out("sign-out")}>
          <T of="sign_out" />
        </button>
        <button type="button" className="btn edge" data-testid="sign-out-everywhere" onClick={out("sign-out-everywhere")}>
          <T of="sign_out_everywhere" />
        </button>
      </p>
      <Section of="change_name">
        <Form id="name" submit="save" doing={(fields) => change("name", fields)} done={told}>
          <Field key={account.name} name="name" of="name" autoComplete="username" maxLength="40" defaultValue={account.name} hint="name_hint" />
        </Form>
      </Section>
      <Section of="change_password">
        <Form id="password" submit="save" doing={(fields) => change("password", fields)} done={() => set("password_changed")}>
          <Password name="old" of="old_password" />
          <Password name="new" of="new_password" fresh hint="password_hint" />
        </Form>
        {done && (
          <p className="ok" role="status">
            <Icon d={ICONS.check} /> <T of={done} />
          </p>
        )}
      </Section>
      <Section of="delete_account">
        <Form id="delete" danger submit="delete_do" doing={(fields) => change("delete", fields)} done={told}>
          <p className="quiet">
            <T of="delete_said" />
          </p>
          <Password />
        </Form>
      </Section>
    </>
  );
};

const Section = ({ of, children }) => (
  <details data-testid={of}>
    <summary>
      <T of={of} />
    </summary>
    {children}
  </details>
);
