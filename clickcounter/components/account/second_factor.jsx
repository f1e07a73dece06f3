/* The second factor of one's own account: set it up, get new recovery codes, turn it off. See api/second_factor.py. */
import { useEffect, useState } from "react";
import { T, inLanguage, useTexts } from "../shared/i18n.jsx";
import { ErrorMessage } from "../shared/modal.jsx";
import { post } from "./account_api.js";
import { CodeField, Form, PasswordField, withSentences } from "./forms.jsx";

const QUIET_ZONE = 4; // modules of white that a reader needs around a QR code
const ask = (what) => (fields) => post(`account/second-factor/${what}`, fields);

export const SecondFactor = ({ hasPassword }) => {
  const texts = useTexts();
  const [state, setState] = useState(null); // the server's answer: { set, codes }
  const [offered, setOffered] = useState(null); // a new secret, with the password that was typed
  const [codes, setCodes] = useState(null); // new recovery codes, shown until the page is left
  const load = () => ask("state")({}).then(setState);
  useEffect(() => void load(), []);
  const showCodes = (answer) => {
    setOffered(null);
    setCodes(answer.codes);
    load();
  };
  const forget = () => {
    setCodes(null);
    load();
  };
  if (state?.error) return <ErrorMessage reply={withSentences(state, texts)} />;
  return (
    <div data-testid="second-factor" data-set={state?.set}>
      {codes && <RecoveryCodes codes={codes} />}
      {state?.set && <TurnedOn hasPassword={hasPassword} left={state.codes} showCodes={showCodes} onRemoved={forget} />}
      {state && !state.set && !offered && <Begin hasPassword={hasPassword} onOffer={setOffered} />}
      {state && !state.set && offered && <Scan {...offered} onDone={showCodes} />}
    </div>
  );
};

const Begin = ({ hasPassword, onOffer }) => {
  const begin = async (fields) => ({ ...(await ask("begin")(fields)), password: fields.password });
  return (
    <Form testId="second-factor-begin" submit="second_factor_begin" action={begin} onDone={onOffer}>
      <p className="quiet">
        <T id="second_factor_off_said" />
      </p>
      {hasPassword && <PasswordField />}
    </Form>
  );
};

const Scan = ({ secret, path, size, password, onDone }) => (
  <Form
    testId="second-factor-set-up"
    submit="second_factor_turn_on"
    action={({ code }) => ask("set-up")({ password, secret, code })}
    onDone={onDone}
  >
    <p className="quiet">
      <T id="second_factor_scan" /> <T id="second_factor_ends" />
    </p>
    <QrCode path={path} size={size} />
    <p>
      <T id="second_factor_key" />: <code data-testid="second-factor-key">{secret.match(/.{4}/g).join(" ")}</code>
    </p>
    <CodeField label="second_factor_code" />
  </Form>
);

const TurnedOn = ({ hasPassword, left, showCodes, onRemoved }) => (
  <>
    <p className="quiet">
      <T id="second_factor_on_said" n={left} />
    </p>
    <Form testId="renew-codes" submit="renew_codes" action={ask("renew-codes")} onDone={showCodes}>
      {hasPassword && <PasswordField />}
      <CodeField label="code_or_recovery" />
    </Form>
    <Form testId="second-factor-remove" look="danger" submit="second_factor_turn_off" action={ask("remove")} onDone={onRemoved}>
      {hasPassword && <PasswordField />}
      <CodeField label="code_or_recovery" />
    </Form>
  </>
);

const RecoveryCodes = ({ codes }) => (
  <section role="status">
    <h2>
      <T id="recovery_codes" />
    </h2>
    <p>
      <T id="recovery_codes_said" />
    </p>
    <ol data-testid="recovery-codes">
      {codes.map((code) => (
        <li key={code}>
          <code>{code}</code>
        </li>
      ))}
    </ol>
  </section>
);

/** Dark on white in either theme, because a phone has to read it. */
const QrCode = ({ path, size }) => {
  const width = size + 2 * QUIET_ZONE;
  const label = inLanguage(useTexts().second_factor_qr);
  return (
    <svg className="qr" role="img" aria-label={label} viewBox={`${-QUIET_ZONE} ${-QUIET_ZONE} ${width} ${width}`} width="200">
      <rect x={-QUIET_ZONE} y={-QUIET_ZONE} width={width} height={width} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
};
