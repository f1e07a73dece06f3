/* Who pressed, in the words of all parts of the history. */
import { T } from "../shared/i18n.jsx";

/** A person's name, a device's label, both, or the device's number. */
export const Participant = ({ person, label, number }) => (
  <>
    {person && <bdi>{person}</bdi>}
    {person && label && ", "}
    {label ? (
      <bdi>{label}</bdi>
    ) : (
      !person && (
        <span className="whole">
          <T id="unnamed" n={number} />
        </span>
      )
    )}
  </>
);

export const NothingYet = () => (
  <p className="quiet">
    <T id="nothing_yet" />
  </p>
);
