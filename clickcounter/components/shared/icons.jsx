/* Icons by their names, see icons.py; or by a `path` that only one part of the page needs. */
import { ICONS } from "./constants.js";

export const Icon = ({ name, path = ICONS[name], className = "" }) => (
  <svg className={`ico ${className}`} viewBox="0 0 24 24" aria-hidden="true">
    <path d={path} />
  </svg>
);
