/* What to do on the first page of an instance where nobody has counted yet. */
import { useEffect, useState } from "react";
import { openDialog } from "../counter/actions.js";
import { useCounter, useView } from "../counter/counter_provider.jsx";
import { backendUrl } from "../shared/backend_url.js";
import { Bilingual, inLanguage, useFormats } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { FIRST_STEPS } from "./constants.js";
import "./first_steps.css";

/** The page knows the number alone: a counter that stands at 0 may have been reset. */
const useNeverCounted = (counter) => {
  const [never, setNever] = useState(false);
  useEffect(() => {
    const history = backendUrl(`/api/v1/counters/${encodeURIComponent(counter)}/history?limit=1`);
    fetch(history, { credentials: "include" })
      .then((answer) => answer.ok && answer.json())
      .then((found) => setNever(found?.entries?.length === 0), () => {});
  }, [counter]);
  return never;
};

export default function FirstSteps() {
  const counter = useCounter();
  const { rights } = useView();
  useFormats();
  if (!useNeverCounted(counter)) return null;
  return (
    <ol className="first-steps" aria-label={inLanguage(FIRST_STEPS.steps)} data-testid="first-steps">
      <li>
        <Bilingual text={FIRST_STEPS.step_press} />
      </li>
      <li>
        <Step icon="share" text="step_share" dialog="share" />
      </li>
      <li>
        {rights?.manage && <Step icon="pen" text="step_name" dialog="describe" />}
        <a className="btn" href="/counters">
          <Icon name="plus" />
          <Bilingual text={FIRST_STEPS[rights?.manage ? "step_or_more" : "step_more"]} />
        </a>
      </li>
    </ol>
  );
}

const Step = ({ icon, text, dialog }) => (
  <button type="button" className="btn" data-testid={text} onClick={() => openDialog(dialog)}>
    <Icon name={icon} />
    <Bilingual text={FIRST_STEPS[text]} />
  </button>
);
