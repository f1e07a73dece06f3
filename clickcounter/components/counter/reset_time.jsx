/* The moment at which a round ends by itself. */
import { formatComing } from "../shared/dates.js";
import { T, useFormats } from "../shared/i18n.jsx";

const ResetTime = ({ at }) => {
  useFormats();
  return (
    <p className="quiet small" data-testid="next-reset" data-value={at}>
      <T id="next_round" time={formatComing(at)} />
    </p>
  );
};

export default ResetTime;
