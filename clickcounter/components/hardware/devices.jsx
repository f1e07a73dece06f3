/* Devices that the browser hands on only after it has been asked: headsets, MIDI controllers and gamepads. */
import { useId } from "react";
import { T } from "../shared/i18n.jsx";
import { describe } from "./inputs.js";
import { openMidi, setLearnt } from "./listener.js";

export const Devices = (props) => (
  <fieldset className="field choice" style={{ gap: "var(--s2)" }}>
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

const HEADSET_HINTS = { waiting: "headset_waiting", missing: "headset_missing" };

const Headset = ({ learnt, headset }) => {
  const hint = useId();
  return (
    <div data-testid="headset" data-state={headset}>
      <label className="check">
        <input
          type="checkbox"
          checked={learnt.headset}
          disabled={headset === "missing"}
          aria-describedby={hint}
          onChange={({ target }) => setLearnt({ ...learnt, headset: target.checked })}
        />
        <span>
          <T id="headset" />
        </span>
      </label>
      <Hint id={hint}>
        <T id={HEADSET_HINTS[headset] ?? "headset_said"} />
      </Hint>
    </div>
  );
};

const Midi = ({ midi: { state, names } }) => (
  <div
    role="status"
    data-testid="midi"
    data-state={state}
    style={{ display: "grid", gap: "var(--s2)", justifyItems: "start" }}
  >
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
    <T id={text} names={names.join(", ")} />
  </Hint>
);
