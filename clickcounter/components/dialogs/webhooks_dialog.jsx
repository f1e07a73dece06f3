/* The addresses that hear of the counter's events. Its texts come with the first answer: few visits need them. */
import { useEffect, useState } from "react";
import { perform } from "../counter/actions.js";
import { useCounter } from "../counter/counter_provider.jsx";
import { formatDateTime } from "../shared/dates.js";
import { Field, FormDialog, InfoDialog, LinkField } from "../shared/form_dialog.jsx";
import { Bilingual, T, TextsProvider, errorText, useTexts } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { once } from "../shared/keys.js";

const POLL_INTERVAL = 1000; // ms, while the dialog is open
const LONGEST_URL = 2000;
const BELOW = { flexWrap: "wrap", gap: 0, paddingBlock: "var(--s3)" }; // the buttons are below the text, which needs the width

/** The newest list, which is asked for over and over while this is shown, and how to change it. */
const useWebhooks = (counter) => {
  const [list, setList] = useState(null);
  const [failed, setFailed] = useState(null); // the reply that says why
  const load = async () => {
    const reply = await perform("webhooks", counter);
    if (reply.result) setList(reply.result);
    return reply;
  };
  const change = async (action, webhook) => {
    const reply = await perform(action, counter, webhook);
    setFailed(reply.error ? reply : null);
    await load();
  };
  useEffect(() => {
    let timer;
    let shown = true;
    const poll = async () => {
      const reply = await load();
      if (!shown) return;
      if (reply.error && reply.error !== "later") setFailed(reply);
      timer = setTimeout(poll, POLL_INTERVAL);
    };
    poll();
    return () => {
      shown = false;
      clearTimeout(timer);
    };
  }, [counter]);
  return { list, failed, change, load };
};

export const Webhooks = ({ close }) => {
  const texts = useTexts();
  const { list, failed, change, load } = useWebhooks(useCounter());
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState(null); // of the webhook that was just added
  const added = (result) => {
    setSecret(result.secret);
    load();
  };
  return (
    <TextsProvider value={{ ...texts, ...list?.texts }}>
      {adding ? (
        <NewWebhook events={list.events} onDone={added} close={() => setAdding(false)} />
      ) : (
        <InfoDialog name="webhooks" title={<T id="webhooks" />} close={close}>
          {list && <List {...list} {...{ secret, change }} add={() => setAdding(true)} />}
          {failed && (
            <p className="bad small" role="alert" data-testid="webhooks-refused" data-code={failed.error}>
              <Bilingual text={errorText(failed, texts)} />
            </p>
          )}
        </InfoDialog>
      )}
    </TextsProvider>
  );
};

const List = ({ webhooks, most, secret, change, add }) => (
  <>
    <p className="quiet small">
      <T id={webhooks.length ? "webhooks_said" : "no_webhooks"} />
    </p>
    {secret && (
      <>
        <LinkField label="webhook_secret" link={secret} testId="webhook-secret" />
        <p className="small">
          <T id="webhook_secret_said" />
        </p>
      </>
    )}
    <ul className="parts" data-testid="webhooks">
      {webhooks.map((webhook) => (
        <Webhook key={webhook.id} {...webhook} change={change} />
      ))}
    </ul>
    {webhooks.length < most && (
      <button type="button" className="btn edge" data-testid="add-webhook" onClick={add}>
        <Icon name="plus" />
        <T id="webhook_add" />
      </button>
    )}
  </>
);

const Webhook = ({ id, url, events, change, ...state }) => (
  <li data-webhook={id} data-state={state.state} data-status={state.last_status ?? state.last_error} style={BELOW}>
    <span style={{ flexBasis: "100%" }}>
      <bdi>{url}</bdi>
      <br />
      <span className="quiet small">
        {events.map((event, i) => (
          <span key={event}>
            {i > 0 && ", "}
            <T id={`event_${event}`} />
          </span>
        ))}
      </span>
      <br />
      <span className={state.state === "failed" ? "bad small" : "small"} aria-live="polite">
        <State {...state} />
      </span>
    </span>
    <span className="row-x" style={{ marginInlineStart: "auto" }}>
      <button
        type="button"
        className="btn edge"
        data-testid="test-webhook"
        aria-disabled={state.testing}
        onClick={() => state.testing || change("testWebhook", id)}
      >
        <T id="webhook_test" />
      </button>
      <button type="button" className="btn icon" data-testid="remove-webhook" onClick={() => change("removeWebhook", id)}>
        <Icon name="trash" />
        <span className="sr">
          <T id="webhook_remove" /> {url}
        </span>
      </button>
    </span>
  </li>
);

/** What was sent last and how that ended, in words. */
const State = ({ state, testing, attempts, waiting, last_at: at, last_status: status, last_error: error }) => {
  if (testing) return <T id="webhook_testing" />;
  if (!at) return <T id="webhook_new" />;
  const text = state === "failed" ? "webhook_failed" : attempts && waiting ? "webhook_trying" : "webhook_ok";
  return <T id={text} answer={<Answer {...{ status, error }} />} at={formatDateTime(at).replace(/ /g, "\u00a0")} n={waiting} />;
};

const Answer = ({ status, error }) => {
  if (status === null) return <T id={`error_${error}`} />;
  return status >= 300 && status < 400 ? <T id="error_redirect" n={String(status)} /> : String(status);
};

const NewWebhook = ({ events, ...dialog }) => {
  const counter = useCounter();
  const action = ({ url, ...fields }) => {
    const wanted = events.filter((event) => fields[`event_${event}`]);
    return once(["webhook", counter, url, wanted], (key) => perform("addWebhook", counter, url, wanted, key));
  };
  return (
    <FormDialog name="new-webhook" title={<T id="webhook_add" />} submit={<T id="webhook_do" />} action={action} {...dialog}>
      <Field
        label="webhook_address"
        name="url"
        type="url"
        inputMode="url"
        placeholder="https://"
        maxLength={LONGEST_URL}
        required
        autoFocus
      />
      <fieldset className="field choice">
        <legend>
          <T id="webhook_events" />
        </legend>
        {events.map((event) => (
          <label key={event} className="check">
            <input type="checkbox" name={`event_${event}`} defaultChecked={event !== "changed"} data-testid={`event-${event}`} />
            <span>
              <T id={`event_${event}`} />
            </span>
          </label>
        ))}
      </fieldset>
    </FormDialog>
  );
};
