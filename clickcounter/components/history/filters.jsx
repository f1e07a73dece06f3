/* Who pressed, and the rounds: each of them narrows down what the history shows. */
import { T, grouped, signed } from "./counter_tab.jsx";
import { date, moment } from "./moments.js";

/** A person's name, the label of a device, both, or the device's number. */
export const Who = ({ person, label, number }) => (
  <>
    {person && <bdi>{person}</bdi>}
    {person && label && ", "}
    {label ? (
      <bdi>{label}</bdi>
    ) : (
      !person && (
        <span className="whole">
          <T of="unnamed" n={number} />
        </span>
      )
    )}
  </>
);

/** What is wanted of whom: a device (all that was pressed there) or a person, wherever they were signed in. */
export const EVERYBODY = { device: null, account: null, whose: null };
const only = ({ number: device, account, person, label }) => ({ device, account, whose: { person, label, number: device } });

export const Leaders = ({ leaders, wish, want }) => {
  const most = Math.max(1, ...leaders.map(({ up, down }) => up - down));
  return (
    <section>
      <h2>
        <T of="who_pressed" />
      </h2>
      {leaders.length === 0 && <Nothing />}
      <ol className="choices" data-testid="leaders">
        {leaders.map((leader) => {
          const { number, account, label, person, up, down } = leader;
          const chosen = wish.whose !== null && wish.device === number && wish.account === account;
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
                onClick={() => want({ ...wish, ...(chosen ? EVERYBODY : only(leader)) })}
              >
                <span>
                  <Who person={person} label={label} number={number} />
                </span>
                <data value={up + down}>
                  {signed(up)} {down !== 0 && signed(down)}
                </data>
                <meter min="0" max={most} value={up - down} aria-hidden="true" />
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
};

export const Nothing = () => (
  <p className="quiet">
    <T of="nothing_yet" />
  </p>
);

export const Rounds = ({ rounds, wish, want }) => (
  <section>
    <h2>
      <T of="rounds" />
    </h2>
    <ol className="choices" data-testid="rounds">
      {rounds.map((round) => (
        <li key={round.number} data-round={round.number} data-total={round.total}>
          <button
            type="button"
            aria-pressed={wish.round === round.number}
            onClick={() => want({ ...wish, span: "round", round: round.number })}
          >
            <span>
              <T of={round.ended_at === null ? "round_now" : "round_then"} n={round.number} />
            </span>
            <data value={round.total}>{grouped(round.total)}</data>
            <Lasted {...round} />
          </button>
        </li>
      ))}
    </ol>
  </section>
);

const Lasted = ({ started_at: from, ended_at: to, ended_by: by, ended_by_label: label }) => (
  <span className="small quiet">
    {to === null ? moment(from) : `${date(from)} – ${moment(to)}`}
    {by !== null && (
      <>
        , <Who label={label} number={by} />
      </>
    )}
  </span>
);
