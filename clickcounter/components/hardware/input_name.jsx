/* How a key or button is shown, and what it does. */
import { T } from "../shared/i18n.jsx";
import { describe } from "./inputs.js";

export const InputName = ({ input }) => {
  const { text, device, ...values } = describe(input);
  return <b>{text === "key_plain" ? values.name : <T id={text} {...values} />}</b>;
};

/** The device that it belongs to, if it is known. */
export const InputDevice = ({ input }) => {
  const { device } = describe(input);
  return device ? (
    <>
      {" · "}
      <bdi>{device}</bdi>
    </>
  ) : null;
};

export const Does = ({ action, counter, name }) => (
  <>
    <T id={`does_${action}`} /> <Where counter={counter} name={name} />
  </>
);

/** On a counter, by the name that it had when the key was learnt; on any where that is null. */
export const Where = ({ counter, name }) =>
  counter === null ? <T id="where_open" /> : <T id="where_one" name={name || <T id="title" />} />;
