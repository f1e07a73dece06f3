/* Devices that the browser hands on only after it has been asked: headsets, MIDI controllers and gamepads. */
import { T } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { describe } from "./inputs.js";
import { openMidi, setLearnt } from "./listener.js";

export const Devices = (props) => (
  <fieldset className="field choice">
    <legend>
      <T id="others" />
    </legend>
    <Headset {...props} />
    <Midi {...props} />
    <Gamepads {...props} />
  </fieldset>
);

const Hint = ({ children, ...props }) => (
  <small className="quiet" style={{ display: "block" }} {...props}>
    {children}
  </small>
);

const Headset = ({ learnt, headset }) => (
  <label className="check" data-testid="headset" data-state={headset}>
    <input
      type="checkbox"
      checked={learnt.headset}
      disabled={headset === "missing"}
      onChange={({ target }) => setLearnt({ ...learnt, headset: target.checked })}
    />
    <span>
      <T id="headset" />
      <Hint>
        <T id={{ waiting: "headset_waiting", missing: "headset_missing" }[headset] ?? "headset_said"} />
      </Hint>
    </span>
  </label>
);

const Midi = ({ midi: { state, names } }) => (
  <div role="status" data-testid="midi" data-state={state}>
    {["off", "refused", "failed"].includes(state) && (
      <button type="button" className="btn edge" data-testid="open-midi" onClick={openMidi}>
        <T id="midi_open" />
      </button>
    )}
    {state === "on" && <Found text={names.length ? "midi_on" : "midi_none"} names={names} />}
    {["refused", "failed", "missing"].includes(state) && (
      <Hint className={state === "missing" ? "quiet" : "bad"}>
        <T id={`midi_${state}`} />
      </Hint>
    )}
  </div>
);

const Gamepads = ({ gamepads }) => (
  <div role="status" data-testid="gamepads" data-value={gamepads.length}>
    <Found
      text={gamepads.length ? "gamepad_on" : "gamepad_none"}
      names={gamepads.map((name) => describe(`gamepad:b0:${name}`).device)}
    />
  </div>
);

const Found = ({ text, names }) => (
  <Hint>
    {names.length > 0 && <Icon name="check" />} <T id={text} names={names.join(", ")} />
  </Hint>
);
