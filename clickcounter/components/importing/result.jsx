/* What became of an import, and its undo. */
import { Link } from "react-router";
import { T } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";

const MOST_LINKS = 5;

export const Result = ({ state, undo }) => {
  const { stage, result, undone, preview } = state;
  return (
    <>
      <div role="status" data-testid="import-result" data-stage={stage} data-written={result?.written} data-known={result?.known}>
        {stage === "done" && <T id="import_done" n={result.written} known={result.known} />}
        {stage === "done" && result.refused > 0 && (
          <>
            {" "}
            <T id="import_refused" n={result.refused} />
          </>
        )}
        {stage === "undone" && <T id="import_undone" n={undone.written} />}
      </div>
      {stage === "done" && <Links counters={preview?.counters.slice(0, MOST_LINKS) ?? []} />}
      {stage === "done" && result.import && result.written > 0 && <Undo undo={() => undo(result.import)} />}
    </>
  );
};

const Links = ({ counters }) => (
  <ul className="links">
    {counters.map(({ slug, name }) => (
      <li key={slug}>
        <Link className="btn edge" to={`/c/${slug}`} data-testid="open-counter">
          <bdi>{name || slug}</bdi>
          <Icon name="send" />
        </Link>
      </li>
    ))}
  </ul>
);

const Undo = ({ undo }) => {
  const onClick = ({ currentTarget }) => {
    currentTarget.form.querySelector("[data-first]").focus(); // this button leaves
    undo();
  };
  return (
    <p>
      <button type="button" className="btn edge" data-testid="undo-import" onClick={onClick}>
        <Icon name="undo" />
        <T id="import_undo" />
      </button>
    </p>
  );
};
