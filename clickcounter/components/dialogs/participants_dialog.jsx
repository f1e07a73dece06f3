/* Who counts and how much, and how others come to this counter. */
import { useEffect, useState } from "react";
import { Both, T, grouped, signed, useCounter, useView, useWords } from "./counter_tab.jsx";
import { Panel } from "./dialog.jsx";
import { introduce } from "./tab.js";
import { perform, showDialog } from "./upkeep.jsx";
import { ICONS, Icon } from "./words.jsx";

const EVERY = 1000; // ms between two looks at who counts, while the panel is open
const COPIED_FOR = 2000; // ms

/** The newest answer to a question that is asked again and again while this is shown. */
const useDevices = (counter) => {
  const [devices, set] = useState(null);
  useEffect(() => {
    let timer;
    let shown = true;
    const look = async () => {
      const { result } = await perform("devices", counter);
      if (!shown) return;
      if (result) set(result);
      timer = setTimeout(look, EVERY);
    };
    introduce(counter); // which of them is this browser is known since its first press
    look();
    return () => {
      shown = false;
      clearTimeout(timer);
    };
  }, [counter]);
  return devices;
};

export const Who = ({ close }) => {
  const { about, device, person: account } = useView();
  const found = useDevices(useCounter());
  const isMe = (part) => (part.person ? part.person === account?.name : part.number === device.number);
  return (
    <Panel name="who" title={<T of="who" />} close={close}>
      {about?.who.length > 0 && (
        <p className="quiet" data-testid="looking-on">
          <T of="looking_on" /> <bdi>{about.who.join(", ")}</bdi>
        </p>
      )}
      {found?.devices.length === 0 && (
        <p>
          <T of="nobody" />
        </p>
      )}
      <ul className="parts" data-testid="devices">
        {found?.devices.map((part) => (
          <Part key={part.person ? `person ${part.person}` : part.number} {...part} me={isMe(part)} />
        ))}
      </ul>
      {found?.more > 0 && (
        <p className="quiet">
          <T of="more_devices" n={found.more} />
        </p>
      )}
      <button type="button" className="btn edge" data-testid="rename-me" onClick={() => showDialog("label")}>
        <Icon d={ICONS.tag} />
        <T of={device.label ? "label_change" : "label_question"} />
      </button>
    </Panel>
  );
};

const Part = ({ number, label, person, up, down, me }) => (
  <li data-number={number} data-person={person} data-up={up} data-down={down} className={me ? "me" : undefined}>
    <span>
      {person && <bdi>{person}</bdi>}
      {person && label && ", "}
      {label ? <bdi>{label}</bdi> : !person && <T of="device" n={number} />}
      {me && (
        <span className="quiet">
          {" "}
          <T of="you" />
        </span>
      )}
    </span>
    <span className="sums">
      <span>{signed(up)}</span>
      <span className="quiet">{down ? grouped(down) : "−0"}</span>
    </span>
  </li>
);

export const Share = ({ close }) => {
  const counter = useCounter();
  const words = useWords();
  const [reply, set] = useState(null);
  useEffect(() => {
    perform("share", counter, location.origin).then(set);
  }, [counter]);
  const link = reply?.result?.link ?? `${location.origin}/c/${counter}`;
  return (
    <Panel name="share" title={<T of="share" />} close={close}>
      <QR {...reply?.result} />
      {reply?.error && (
        <p className="quiet small">
          <Both of={reply.sentences ?? words[reply.error] ?? words.later} />
        </p>
      )}
      <label className="field">
        <span>
          <T of="link" />
        </span>
        <span className="input">
          <input readOnly dir="ltr" value={link} data-testid="link" onFocus={(event) => event.target.select()} />
          <Copy link={link} />
        </span>
      </label>
      <p className="quiet small">
        <T of="share_said" />
      </p>
    </Panel>
  );
};

/** Its room is there before the code is. */
const QR = ({ path, size }) => {
  const { qr } = useWords();
  return (
    <svg className="qr" viewBox={`0 0 ${size ?? 25} ${size ?? 25}`} role="img" aria-label={qr[document.documentElement.lang]} data-testid="qr">
      {path && <path d={path} />}
    </svg>
  );
};

/** A clipboard is there on https only; elsewhere the link is selected, to be copied by hand. */
export const Copy = ({ link }) => {
  const [copied, set] = useState(false);
  useEffect(() => {
    const timer = copied && setTimeout(() => set(false), COPIED_FOR);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (event) => {
    const field = event.currentTarget.previousElementSibling;
    field.select();
    try {
      await navigator.clipboard.writeText(link);
      set(true);
    } catch {
      set(document.execCommand("copy"));
    }
  };
  return (
    <button type="button" className="btn" data-testid="copy" onClick={copy}>
      <Icon d={copied ? ICONS.check : ICONS.copy} />
      <span aria-live="polite">
        <T of={copied ? "copied" : "copy"} />
      </span>
    </button>
  );
};
