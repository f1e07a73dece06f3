/* Takes back what was added afterwards, or deletes a note. */
import { perform } from "../counter/actions.js";
import { useCounter } from "../counter/counter_provider.jsx";
import { FormDialog } from "../shared/form_dialog.jsx";
import { T, TextsProvider, useTexts } from "../shared/i18n.jsx";
import { formatSigned } from "../shared/numbers.js";
import { PAST_TEXTS } from "./constants.js";

const Remove = ({ close, kind, entry, amount, text, onDone }) => {
  const texts = { ...useTexts(), ...PAST_TEXTS };
  const counter = useCounter();
  const what = kind === "note" ? "note" : "entry";
  return (
    <TextsProvider value={texts}>
      <FormDialog
        name="remove"
        urgent
        danger
        keep="cancel"
        title={<T id={`remove_${what}`} />}
        submit={<T id={`remove_${what}_do`} />}
        action={() => perform("removeEntry", counter, entry)}
        onDone={onDone}
        close={close}
      >
        <p>
          {kind !== "note" && formatSigned(amount)} <bdi>{text}</bdi>
        </p>
        <p className="quiet small">
          <T id={`remove_${what}_said`} />
        </p>
      </FormDialog>
    </TextsProvider>
  );
};

export default Remove;
