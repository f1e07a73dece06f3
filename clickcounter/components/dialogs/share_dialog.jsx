/* The link to the counter, and its QR code. */
import { useEffect, useState } from "react";
import { perform } from "../counter/actions.js";
import { useCounter, useView } from "../counter/counter_provider.jsx";
import { InfoDialog } from "../shared/form_dialog.jsx";
import { Bilingual, T, errorText, useTexts } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";

const COPIED_FOR = 2000; // ms that the button says so

/** The id of the text that says what the link is good for. */
const linkText = ({ visibility, press, archived }) => {
  if (visibility === "members") return "share_members";
  return press === "anyone" && !archived ? "share_press" : "share_view";
};

export const Share = ({ close }) => {
  const counter = useCounter();
  const { about } = useView();
  const texts = useTexts();
  const [reply, setReply] = useState(null);
  useEffect(() => {
    perform("share", counter, location.origin).then(setReply);
  }, [counter]);
  return (
    <InfoDialog name="share" title={<T id="share" />} close={close}>
      <QrCode {...reply?.result} />
      {reply?.error && (
        <p className="quiet small">
          <Bilingual text={errorText(reply, texts)} />
        </p>
      )}
      <LinkField label="link" link={reply?.result?.link ?? `${location.origin}/c/${counter}`} testId="link" />
      {about && (
        <p className="quiet small">
          <T id={linkText(about)} />
        </p>
      )}
    </InfoDialog>
  );
};

/** It takes its space before the code has come. */
const QrCode = ({ path, size = 25 }) => {
  const { qr } = useTexts();
  return (
    <svg
      className="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={qr[document.documentElement.lang]}
      data-testid="qr"
    >
      {path && <path d={path} />}
    </svg>
  );
};

/** A link to copy. */
export const LinkField = ({ label, link, testId }) => (
  <label className="field">
    <span>
      <T id={label} />
    </span>
    <span className="input">
      <input readOnly dir="ltr" value={link} data-testid={testId} onFocus={(event) => event.target.select()} />
      <CopyButton link={link} />
    </span>
  </label>
);

/** Browsers have a clipboard on https only; elsewhere the link is selected, to be copied by hand. */
const CopyButton = ({ link }) => {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    const timer = copied && setTimeout(() => setCopied(false), COPIED_FOR);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (event) => {
    const field = event.currentTarget.previousElementSibling;
    field.select();
    try {
      await navigator.clipboard.writeText(link);
      setCopied(true);
    } catch {
      setCopied(document.execCommand("copy"));
    }
  };
  return (
    <button type="button" className="btn" data-testid="copy" onClick={copy}>
      <Icon name={copied ? "check" : "copy"} />
      <span aria-live="polite">
        <T id={copied ? "copied" : "copy"} />
      </span>
    </button>
  );
};
