/* The leaders and the rounds. Each of them is also a filter: a press shows the history of that one only. */
import { useState } from "react";
import { formatDateTime, formatRange } from "../shared/dates.js";
import { T } from "../shared/i18n.jsx";
import { formatNumber, formatSigned } from "../shared/numbers.js";
import { NothingYet, Participant } from "./participant.jsx";

/** The filter by participant: a device (all that was pressed on it), or a person, on whichever devices. `participant` is who
 * that is. */
export const EVERYBODY = { device: null, account: null, participant: null };
const only = ({ number, account, person, label }) => ({ device: number, account, participant: { person, label, number } });

export const Leaders = ({ view: { leaders, leaders_at: at, now }, query, setQuery }) => {
  const max = Math.max(1, ...leaders.map(({ up, down }) => up - down));
  return (
    <section>
      <h2>
        <T id="who_pressed" />
      </h2>
      {at === null && (
        <p className="quiet">
          <T id="leaders_later" />
        </p>
      )}
      {at !== null && leaders.length === 0 && <NothingYet />}
      {at < now && at !== null && (
        <p className="small quiet">
          <T id="leaders_at" time={formatDateTime(at)} />
        </p>
      )}
      <ol className="choices" data-testid="leaders">
        {leaders.map((leader) => {
          const { number, account, label, person, up, down } = leader;
          const chosen = query.participant !== null && query.device === number && query.account === account;
          return (
            <li
              key={account ? `person ${account}` : number}
              data-device={number ?? ""}
              data-person={person}
              data-up={up}
              data-down={down}
            >
              <button
                type="button"
                aria-pressed={chosen}
                onClick={() => setQuery({ ...query, ...(chosen ? EVERYBODY : only(leader)) })}
              >
                <span>
                  <Participant person={person} label={label} number={number} />
                </span>
                <data value={up + down}>
                  {formatSigned(up)} {down !== 0 && formatSigned(down)}
                </data>
                <meter min="0" max={max} value={up - down} aria-hidden="true" />
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
};

const FEW = 8; // rounds: as many as there are days above

export const Rounds = ({ rounds, query, setQuery }) => {
  const [all, setAll] = useState(false);
  return (
    <section>
      <h2>
        <T id="rounds" />
      </h2>
      <ol className="choices" data-testid="rounds">
        {(all ? rounds : rounds.slice(0, FEW)).map((round) => (
          <li key={round.number} data-round={round.number} data-total={round.total}>
            <button
              type="button"
              aria-pressed={query.round === round.number}
              onClick={() => setQuery({ ...query, span: "round", round: round.number })}
            >
              <span>
                <T id={round.ended_at === null ? "round_now" : "round_then"} n={round.number} />
              </span>
              <data value={round.total}>{formatNumber(round.total)}</data>
              <RoundDates {...round} />
            </button>
          </li>
        ))}
      </ol>
      {!all && rounds.length > FEW && (
        <button type="button" className="btn edge" data-testid="more-rounds" onClick={() => setAll(true)}>
          <T id="more_rounds" />
        </button>
      )}
    </section>
  );
};

const RoundDates = ({ started_at: start, ended_at: end, ended_by: device, ended_by_label: label }) => (
  <span className="small quiet">
    {formatRange(start, end ?? start)}
    {device !== null && (
      <>
        , <Participant label={label} number={device} />
      </>
    )}
  </span>
);
