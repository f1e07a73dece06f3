/* Choosing several counters of the list, to open them side by side on a board. */
import { useState, useSyncExternalStore } from "react";
import { Link, useNavigate } from "react-router";
import { MOST_COUNTERS, addressOf } from "../board/addresses.js";
import { Bilingual, inLanguage } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { PATH } from "../shared/site.js";
import { createGroup } from "./list_store.js";
import "./board_choice.css";

let chosen = null; // slugs in the order in which they were chosen; null while nobody chooses
const listeners = new Set();

const setChosen = (slugs) => {
  chosen = slugs;
  listeners.forEach((listener) => listener());
};

const subscribe = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The chosen slugs, or null while nobody chooses. They stay chosen while the list shows something else. */
export const useChosen = () => useSyncExternalStore(subscribe, () => chosen, () => null);

const toggle = (slug) => setChosen(chosen.includes(slug) ? chosen.filter((other) => other !== slug) : [...chosen, slug]);

/** In place of the link to a counter, while counters are chosen. */
export const Choice = ({ slug, children }) => {
  const slugs = useChosen();
  const isChosen = slugs.includes(slug);
  return (
    <label className="open choose" dir="auto">
      <input
        type="checkbox"
        data-testid="choose-counter"
        checked={isChosen}
        disabled={!isChosen && slugs.length >= MOST_COUNTERS}
        onChange={() => toggle(slug)}
      />
      <span>{children}</span>
    </label>
  );
};

/** Below the list: the way to the boards, and to a new one. */
export const BoardChoice = ({ texts }) => {
  const slugs = useChosen();
  const navigate = useNavigate();
  const open = () => {
    navigate(addressOf({ counters: slugs }));
    setChosen(null);
  };
  const [failed, setFailed] = useState(null); // { error, sentences }
  const group = async () => {
    const made = await createGroup(inLanguage(texts.group_name), slugs);
    setFailed(made.error ? made : null);
    if (made.error) return;
    setChosen(null);
    location.assign(`${PATH}/c/${encodeURIComponent(made.slug)}`);
  };
  if (slugs === null)
    return (
      <p className="row-x">
        <button type="button" className="btn" data-testid="choose" onClick={() => setChosen([])}>
          <Bilingual text={texts.board_choose} />
        </button>
        <Link className="btn" to="/board" data-testid="boards">
          <Icon name="layers" />
          <Bilingual text={texts.board_link_to} />
        </Link>
      </p>
    );
  return (
    <div className="choosing" data-testid="choosing">
      <span role="status" data-testid="chosen" data-value={slugs.length}>
        <Bilingual text={texts.board_chosen} n={slugs.length} of={MOST_COUNTERS} />
      </span>
      {failed && (
        <span className="bad small" role="alert" data-testid="group-refused" data-code={failed.error}>
          <Bilingual text={failed.sentences} />
        </span>
      )}
      <button type="button" className="btn edge" data-testid="make-group" disabled={!slugs.length} onClick={group}>
        <Bilingual text={texts.group_new} />
      </button>
      <button type="button" className="btn edge" data-testid="choose-none" onClick={() => setChosen(null)}>
        <Bilingual text={texts.board_choose_end} />
      </button>
      <button type="button" className="btn prime" data-testid="open-board" disabled={!slugs.length} onClick={open}>
        <Bilingual text={texts.board_open} />
      </button>
    </div>
  );
};
