/* The strip at the top of counting mode: what is rarely needed, out of the thumb's way. */
import { useEffect, useState } from "react";
import { T } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { leave } from "./address.js";
import { COUNTING_ICONS } from "./constants.js";

export const Bar = ({ locked, lock, choose }) => (
  <header className="mode-bar">
    <Control icon="x" text="leave" testId="mode-leave" disabled={locked} onClick={leave} />
    {document.fullscreenEnabled && <FullScreen disabled={locked} />}
    <Control path={COUNTING_ICONS.sound} text="feedback" testId="mode-feedback" disabled={locked} onClick={choose} />
    <Control path={COUNTING_ICONS.lock} text="lock" testId="mode-lock" disabled={locked} onClick={lock} />
  </header>
);

const Control = ({ icon, path, text, testId, ...button }) => (
  <button type="button" className="btn icon" data-testid={testId} {...button}>
    <Icon name={icon} path={path} />
    <span className="sr">
      <T id={text} />
    </span>
  </button>
);

const FullScreen = ({ disabled }) => {
  const [full, setFull] = useState(() => !!document.fullscreenElement);
  useEffect(() => {
    const onChange = () => setFull(!!document.fullscreenElement);
    document.addEventListener("fullscreenchange", onChange);
    return () => {
      document.removeEventListener("fullscreenchange", onChange);
      if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    };
  }, []);
  const toggle = () =>
    (full ? document.exitFullscreen() : document.documentElement.requestFullscreen({ navigationUI: "hide" })).catch(() => {});
  return (
    <Control
      path={COUNTING_ICONS.full_screen}
      text="full_screen"
      testId="mode-full-screen"
      aria-pressed={full}
      disabled={disabled}
      onClick={toggle}
    />
  );
};
