/* The link to the counter, and its QR code. */
import { useEffect, useState } from "react";
import { perform } from "../counter/actions.js";
import { useCounter, useView } from "../counter/counter_provider.jsx";
import { InfoDialog, LinkField } from "../shared/form_dialog.jsx";
import { Bilingual, T, errorText, inLanguage, useTexts } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { pageUrl } from "../shared/site.js";
import { SHARE_TEXTS } from "./constants.js";

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
    perform("share", counter, pageUrl("")).then(setReply);
  }, [counter]);
  const link = reply?.result?.link ?? pageUrl(`/c/${counter}`);
  return (
    <InfoDialog name="share" title={<T id="share" />} close={close}>
      <QrCode {...reply?.result} />
      {reply?.error && (
        <p className="quiet small">
          <Bilingual text={errorText(reply, texts)} />
        </p>
      )}
      <LinkField label="link" link={link} testId="link" />
      {navigator.share && <SendLink title={about?.name || "Click Counter"} url={link} />}
      {about && (
        <p className="quiet small">
          <T id={linkText(about)} />
        </p>
      )}
    </InfoDialog>
  );
};

/** To another app of this device; its own list of apps opens. A person who closes that list changes nothing. */
const SendLink = (what) => (
  <button type="button" className="btn edge" data-testid="send-link" onClick={() => navigator.share(what).catch(() => {})}>
    <Icon name="share" />
    <Bilingual text={SHARE_TEXTS.send_link} />
  </button>
);

/** It takes its space before the code has come. */
const QrCode = ({ path, size = 25 }) => {
  const { qr } = useTexts();
  return (
    <svg
      className="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={inLanguage(qr)}
      data-testid="qr"
    >
      {path && <path d={path} />}
    </svg>
  );
};
