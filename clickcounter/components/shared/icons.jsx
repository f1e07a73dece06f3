/* Icons by their names, see icons.py. */
import { ICONS } from "./constants.js";

export const Icon = ({ name, className = "" }) => (
  <svg className={`ico ${className}`} viewBox="0 0 24 24" aria-hidden="true">
    <path d={ICONS[name]} />
  </svg>
);
