/* Who counts and how much. */
import { useEffect, useState } from "react";
import { openDialog, perform } from "../counter/actions.js";
import { useCounter, useView } from "../counter/counter_provider.jsx";
import { introduce } from "../counter/tab_store.js";
import { InfoDialog } from "../shared/form_dialog.jsx";
import { T } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { formatNumber, formatSigned } from "../shared/numbers.js";

const POLL_INTERVAL = 1000; // ms, while the dialog is open

/** The newest answer to a question that is asked over and over while this is shown. */
const useParticipants = (counter) => {
  const [participants, setParticipants] = useState(null);
  useEffect(() => {
    let timer;
    let shown = true;
    const poll = async () => {
      const { result } = await perform("devices", counter);
      if (!shown) return;
      if (result) setParticipants(result);
      timer = setTimeout(poll, POLL_INTERVAL);
    };
    introduce(counter); // asks for this device's number, which it has since its first press
    poll();
    return () => {
      shown = false;
      clearTimeout(timer);
    };
  }, [counter]);
  return participants;
};

export const Participants = ({ close }) => {
  const { about, device, person: viewer } = useView();
  const participants = useParticipants(useCounter());
  const isMe = ({ person, number }) => (person ? person === viewer?.name : number === device.number);
  return (
    <InfoDialog name="who" title={<T id="who" />} close={close}>
      {about?.who.length > 0 && (
        <p className="quiet" data-testid="looking-on">
          <T id="looking_on" />{" "}
          {about.who.map((name, place) => (
            <span key={place}>
              {place > 0 && ", "}
              <bdi>{name}</bdi>
            </span>
          ))}
        </p>
      )}
      {participants?.devices.length === 0 && (
        <p>
          <T id="nobody" />
        </p>
      )}
      <ul className="parts" data-testid="devices">
        {participants?.devices.map((participant) => (
          <ParticipantRow
            key={participant.person ? `person ${participant.person}` : participant.number}
            {...participant}
            me={isMe(participant)}
          />
        ))}
      </ul>
      {participants?.more > 0 && (
        <p className="quiet">
          <T id={participants.exact === false ? "at_least_more_devices" : "more_devices"} n={participants.more} />
        </p>
      )}
      <button type="button" className="btn edge" data-testid="rename-me" onClick={() => openDialog("label")}>
        <Icon name="tag" />
        <T id={device.label ? "label_change" : "label_question"} />
      </button>
    </InfoDialog>
  );
};

const ParticipantRow = ({ number, label, person, up, down, me }) => (
  <li data-number={number} data-person={person} data-up={up} data-down={down} className={me ? "me" : undefined}>
    <span>
      {person && <bdi>{person}</bdi>}
      {person && label && ", "}
      {label ? <bdi>{label}</bdi> : !person && <T id="device" n={number} />}
      {me && (
        <span className="quiet">
          {" "}
          <T id="you" />
        </span>
      )}
    </span>
    <span className="sums">
      <span>{formatSigned(up)}</span>
      <span className="quiet">{down ? formatNumber(down) : "−0"}</span>
    </span>
  </li>
);
