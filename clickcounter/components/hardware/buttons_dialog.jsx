/* The dialog "Buttons and sounds": what this browser has learnt, and learning more. Loaded when it is first opened. */
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { PaceField } from "../announcements/pace_field.jsx";
import { FeedbackSettings } from "../feedback/feedback_settings.jsx";
import { FormDialog, InfoDialog, SUCCESS } from "../shared/form_dialog.jsx";
import { T, TextsProvider, useTexts } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { HARDWARE_TEXTS } from "./constants.js";
import { Devices } from "./devices.jsx";
import { Does, InputDevice, InputName } from "./input_name.jsx";
import { Choose, Learn } from "./learn_dialogs.jsx";
import { forget, learn } from "./learnt_keys.js";
import { setLearnt, snapshot, subscribe } from "./listener.js";

const SAID_AFTER = 100; // ms; screen readers miss what is there from the beginning

/** `counters` are those of the page, each with its slug and its name; `current` is the slug of the one that it is about. */
const Buttons = ({ counters, current = null, close }) => {
  const texts = useTexts();
  const state = useSyncExternalStore(subscribe, snapshot);
  const [step, setStep] = useState("list");
  const [input, setInput] = useState(null); // the one that is being learnt
  const [news, setNews] = useState(null);

  const toList = () => setStep("list");
  const onInput = (pressed) => {
    setInput(pressed);
    setStep("choose");
  };
  const save = (key) => {
    setLearnt(learn(state.learnt, key));
    setNews(<T id="learnt_now" name={<InputName input={key.input} />} what={<Does {...key} />} />);
    return SUCCESS;
  };
  const shared = { ...state, setNews };
  return (
    <TextsProvider value={{ ...texts, ...HARDWARE_TEXTS }}>
      {step === "list" && <List {...shared} news={news} go={setStep} close={close} />}
      {step === "learn" && <Learn onInput={onInput} close={toList} />}
      {step === "choose" && <Choose {...shared} {...{ counters, current, input, save }} close={toList} />}
      {step === "forget" && <ForgetAll setNews={setNews} close={toList} />}
    </TextsProvider>
  );
};

const List = ({ learnt, stored, news, setNews, go, close, ...devices }) => (
  <InfoDialog name="buttons" title={<T id="buttons_title" />} close={close}>
    <h3>
      <T id="devices" />
    </h3>
    <p className="quiet small">
      <T id="devices_said" /> <T id="none_learnt" />
    </p>
    <LearntKeys {...{ learnt, news, setNews, go }} />
    {!stored && (
      <p className="bad small" role="alert" data-testid="not-stored">
        <T id="not_stored" />
      </p>
    )}
    <Devices learnt={learnt} {...devices} />
    <FeedbackSettings />
    <PaceField />
  </InfoDialog>
);

const LearntKeys = ({ learnt, news, setNews, go }) => {
  const learnButton = useRef(null);
  const remove = (input) => {
    setLearnt(forget(learnt, input));
    setNews(<T id="forgotten" name={<InputName input={input} />} />);
    learnButton.current.focus(); // the button that had the focus is gone
  };
  return (
    <>
      <News>{news}</News>
      <ul className="parts" data-testid="learnt" hidden={!learnt.keys.length}>
        {learnt.keys.map((key) => (
          <Learnt key={key.input} {...key} remove={() => remove(key.input)} />
        ))}
      </ul>
      <p className="row-x" style={{ flexWrap: "wrap" }}>
        <button
          ref={learnButton}
          type="button"
          className="btn edge"
          data-testid="learn"
          data-first=""
          onClick={() => {
            setNews(null);
            go("learn");
          }}
        >
          <Icon name="plus" />
          <T id="learn" />
        </button>
        {learnt.keys.length > 1 && (
          <button type="button" className="btn" data-testid="forget-all" onClick={() => go("forget")}>
            <T id="forget_all" />
          </button>
        )}
      </p>
    </>
  );
};

/** What was just done; a moment later to screen readers, which miss what is there from the beginning. Nothing moves then. */
const News = ({ children }) => {
  const [said, setSaid] = useState(null);
  useEffect(() => {
    const timer = setTimeout(setSaid, SAID_AFTER, children);
    return () => clearTimeout(timer);
  }, [children]);
  return (
    <>
      {children && (
        <p className="ok small" aria-hidden="true">
          {children}
        </p>
      )}
      <p className="sr" role="status" data-testid="buttons-said">
        {said}
      </p>
    </>
  );
};

const Learnt = ({ input, remove, ...does }) => (
  <li data-input={input} data-action={does.action} data-counter={does.counter ?? undefined}>
    <span>
      <InputName input={input} />
      <small className="quiet" style={{ display: "block" }}>
        <Does {...does} />
        <InputDevice input={input} />
      </small>
    </span>
    <button type="button" className="btn icon" data-testid="forget" onClick={remove}>
      <Icon name="trash" />
      <span className="sr">
        <T id="forget" name={<InputName input={input} />} />
      </span>
    </button>
  </li>
);

const ForgetAll = ({ setNews, close }) => (
  <FormDialog
    name="forget-all"
    urgent
    danger
    title={<T id="forget_all_title" />}
    keep="keep"
    submit={<T id="forget_all_do" />}
    action={() => {
      setLearnt({ ...snapshot().learnt, keys: [] });
      setNews(<T id="all_forgotten" />);
      return SUCCESS;
    }}
    close={close}
  >
    <p>
      <T id="forget_all_said" />
    </p>
  </FormDialog>
);

export default Buttons;
