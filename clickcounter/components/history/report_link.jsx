/* Leads to the report of the time that is shown, which the server makes: a page to print. */
import { backendUrl } from "../shared/backend_url.js";
import { timeZone } from "../shared/dates.js";
import { T } from "../shared/i18n.jsx";

const YEAR = 366 * 86_400_000; // ms; no report is of a longer time

export const ReportLink = ({ view, query }) => {
  const href = () => {
    const asked = new URLSearchParams({ ...timeOf(view, query), zone: timeZone(), lang: document.documentElement.lang });
    return backendUrl(`/c/${encodeURIComponent(view.counter)}/report?${asked}`).href;
  };
  const update = (event) => (event.currentTarget.href = href()); // the language may have changed
  return (
    <a className="btn framed" href={href()} data-testid="report" onPointerDown={update} onFocus={update}>
      <T id="report" />
    </a>
  );
};

/** Today is a day of the counter, which may begin at another hour than midnight: the server knows it. */
const timeOf = ({ bars, rounds }, { span, round }) => {
  if (span === "day") return {};
  if (span === "round") return { round: round ?? rounds[0]?.number ?? 1 };
  const until = bars.at(-1)[1];
  return { since: Math.max(bars[0][0], until - YEAR), until };
};
