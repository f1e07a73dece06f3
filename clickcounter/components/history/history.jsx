/* What was counted when, by whom and in which round. It is live: each change of the counter makes it load again. */
import { useEffect, useMemo, useRef, useState } from "react";
import { NewVersion, useNewVersion } from "../app/new_version.jsx";
import { setActionHandlers } from "../counter/actions.js";
import { useCounter, useView } from "../counter/counter_provider.jsx";
import { Title } from "../counter/status.jsx";
import { firstWeekday } from "../language/weeks.js";
import { isUnavailable } from "../outbox/press_rules.js";
import { timeZone } from "../shared/dates.js";
import { Bilingual, T, useFormats, useTexts } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { randomHex } from "../shared/keys.js";
import { formatSigned } from "../shared/numbers.js";
import { receiveReply } from "../shared/rpc.js";
import { Chart } from "./chart.jsx";
import { ClickLog } from "./click_log.jsx";
import { Days } from "./days.jsx";
import { EVERYBODY, Leaders, Rounds } from "./filters.jsx";
import { Participant } from "./participant.jsx";
import { PeriodPicker, TimeRange } from "./period_picker.jsx";
import { ReportLink } from "./report_link.jsx";
import { selectionOf, TakeBack } from "./take_back.jsx";

const MIN_INTERVAL = 1000; // ms between two requests
const REFRESH_INTERVAL = 30_000; // ms; time passes even if nobody presses
const PENDING_INTERVAL = 3000; // ms; while the leaders of very many devices are being added up

const FIRST_QUERY = { span: "day", round: null, ...EVERYBODY, since: null, until: null, byDevice: false };

/** A question with a name of its own, which the server's answers repeat. */
const useQuestion = (counter, query) => {
  const key = JSON.stringify([counter, query]);
  return useMemo(() => ({ counter, query, turn: randomHex(8) }), [key]);
};

/** Asks for a view: at once, and whenever something was counted, but at most every MIN_INTERVAL. Returns the newest answer
 * with its question: `{ view, counter, query, turn }`. That is an earlier question until the newest one is answered. */
const useHistoryView = (newest, question, onLook) => {
  const { connection, revision } = useView();
  const requestedAt = useRef(-Infinity);
  const [answer, setAnswer] = useState(null);
  const isPending = answer?.view.leaders_at === null;
  useEffect(() => {
    if (newest?.turn !== question.turn) return; // the answer to an earlier question, or of an earlier visit
    setAnswer((last) => (last?.turn === question.turn && last.view.now > newest.now ? last : { ...question, view: newest }));
  }, [newest]);
  useEffect(() => {
    if (connection !== "connected") return;
    const request = () => {
      requestedAt.current = performance.now();
      const { counter, query, turn } = question;
      const { span, round, device, since, until, byDevice, account, weekStart } = query;
      onLook(counter, span, timeZone(), round, device, since, until, byDevice, account, turn, weekStart);
    };
    const timer = setTimeout(request, Math.max(0, requestedAt.current + MIN_INTERVAL - performance.now()));
    const refresh = setInterval(request, isPending ? PENDING_INTERVAL : REFRESH_INTERVAL);
    return () => {
      clearTimeout(timer);
      clearInterval(refresh);
    };
  }, [connection, revision, question, isPending]);
  return answer?.counter === question.counter ? answer : null;
};

export const History = ({ view: newest, older, reply, onLook, onPage, ...events }) => {
  setActionHandlers(events);
  useEffect(() => receiveReply(reply), [reply]);
  const [query, setQuery] = useState(FIRST_QUERY);
  useFormats();
  const question = useQuestion(useCounter(), { ...query, weekStart: firstWeekday() });
  const answer = useHistoryView(newest, question, onLook);
  const view = answer?.view;
  const texts = useTexts();
  const { about, problem } = useView();
  const isGroup = !!about?.group; // its presses are taken back at its counters
  const unavailable = isUnavailable(problem);
  const isNew = useNewVersion(true); // taking it by itself would lose what somebody chose to see
  return (
    <>
      <link rel="stylesheet" href="/history.css" precedence="page" />
      <div className="head">
        <div>
          <Title texts={texts} />
          <p className="quiet">
            <T id="history" />
          </p>
        </div>
        <PeriodPicker query={query} setQuery={setQuery} />
      </div>
      {query.span === "between" && <TimeRange query={query} setQuery={setQuery} />}
      {isNew && <NewVersion />}
      {unavailable && (
        <p role="alert">
          <T id={problem.code} />
        </p>
      )}
      {!view && !unavailable && (
        <p className="quiet">
          <T id="fetching_history" />
        </p>
      )}
      {view?.error && !unavailable && (
        <p role="alert">
          <Bilingual text={view.sentences} />
        </p>
      )}
      {view?.bars && (
        <Content answer={answer} isCurrent={answer.turn === question.turn} {...{ isGroup, query, setQuery, older, onPage }} />
      )}
    </>
  );
};

/** Shows an answer under its own question; the controls show `query`, which is what the person wants to see. */
const Content = ({ answer: { view, query: asked, turn }, isGroup, isCurrent, query, setQuery, older, onPage }) => (
  <div
    aria-busy={!isCurrent}
    data-testid="history"
    data-span={view.span}
    data-amount={view.amount}
    data-device={view.device ?? ""}
    data-account={view.account ?? ""}
  >
    <p className="sum">
      <b>{formatSigned(view.amount)}</b>
      <span className="quiet">
        <T id={asked.round === null ? `in_${asked.span}` : "in_that_round"} n={asked.round} />
        {" · "}
        <T id="pace" now={Math.round(view.pace.now)} peak={view.pace.peak} />
      </span>
      <ReportLink view={view} query={asked} />
      {asked.participant && (
        <ParticipantFilter participant={asked.participant} onRemove={() => setQuery({ ...query, ...EVERYBODY })} />
      )}
    </p>
    {!isGroup && <TakeBack key={`take back ${selectionOf(asked)}`} query={asked} isCurrent={isCurrent} />}
    <Chart view={view} />
    {!asked.participant && (
      <label className="check">
        <input
          type="checkbox"
          checked={query.byDevice}
          data-testid="by-device"
          onChange={(event) => setQuery({ ...query, byDevice: event.target.checked })}
        />
        <span>
          <T id="by_device" />
        </span>
      </label>
    )}
    {view.days && !asked.participant && (
      <Days days={view.days} now={view.now} onRound={(round) => setQuery({ ...query, span: "round", round })} />
    )}
    <div className="two">
      <Leaders view={view} query={query} setQuery={setQuery} />
      <Rounds rounds={view.rounds} query={query} setQuery={setQuery} />
    </div>
    <ClickLog key={turn} view={view} query={asked} older={older} onPage={onPage} />
  </div>
);

/** Whose clicks are shown; a press shows everybody's again. */
const ParticipantFilter = ({ participant, onRemove }) => (
  <button type="button" className="btn framed" data-testid="everybody" onClick={onRemove}>
    <span>
      <Participant {...participant} />
    </span>
    <Icon name="x" />
    <span className="sr">
      <T id="everybody" />
    </span>
  </button>
);

/** A link to the counter. */
export const BackLink = () => (
  <a className="btn" href={`/c/${encodeURIComponent(useCounter())}`} data-testid="back">
    <Icon name="back" />
    <span className="label">
      <T id="to_counter" />
    </span>
  </a>
);
