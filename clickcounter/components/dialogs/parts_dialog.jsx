/* The counters of a group: put some in, take some out. Each change takes effect at once. */
import { useEffect, useState } from "react";
import { countersInLink } from "../board/addresses.js";
import { find, useFound } from "../board/finding.js";
import { perform } from "../counter/actions.js";
import { useCounter, useView } from "../counter/counter_provider.jsx";
import { InfoDialog } from "../shared/form_dialog.jsx";
import { Bilingual, T, errorText, inLanguage, useTexts } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";

const MOST_SHOWN = 5; // counters that were found

/** The group's counters, and how to change them. */
const useParts = (counter) => {
  const { about } = useView();
  const [group, setGroup] = useState(null); // { parts, hidden }
  const [failed, setFailed] = useState(null); // { error, sentences }
  const load = async () => {
    const { error, sentences, result } = await perform("parts", counter);
    if (result) setGroup(result);
    else setFailed({ error, sentences });
  };
  const change = async (changes) => {
    const { error, sentences } = await perform("changeParts", counter, changes);
    setFailed(error ? { error, sentences } : null);
    if (!error) await load();
  };
  useEffect(() => void load(), [counter, about?.revision]);
  return { group, failed, change };
};

export const Parts = ({ close }) => {
  const texts = useTexts();
  const { group, failed, change } = useParts(useCounter());
  return (
    <InfoDialog name="parts" title={<T id="parts" />} close={close}>
      <p className="quiet small">
        <T id="parts_said" />
      </p>
      <ul className="parts" data-testid="chosen-parts">
        {group?.parts.map((part) => (
          <Part key={part.counter} {...part} change={change} />
        ))}
      </ul>
      {group?.hidden > 0 && (
        <p className="quiet small">
          <T id="parts_hidden" n={group.hidden} />
        </p>
      )}
      {failed && (
        <p className="bad small" role="alert" data-testid="parts-refused" data-code={failed.error}>
          <Bilingual text={errorText(failed, texts)} />
        </p>
      )}
      {group && <Add parts={group.parts} change={change} />}
    </InfoDialog>
  );
};

const Part = ({ counter, name, sign, change }) => {
  const texts = useTexts();
  const shown = name || inLanguage(texts.title);
  return (
    <li data-counter={counter} data-sign={sign}>
      <bdi>{shown}</bdi>
      <span className="row-x">
        <select
          value={sign}
          aria-label={`${inLanguage(texts.part_sign)}: ${shown}`}
          data-testid="sign"
          onChange={({ target }) => change({ [counter]: Number(target.value) })}
        >
          <option value={1}>{inLanguage(texts.part_in)}</option>
          <option value={-1}>{inLanguage(texts.part_out)}</option>
        </select>
        <button type="button" className="btn icon" data-testid="remove" onClick={() => change({ [counter]: 0 })}>
          <Icon name="x" />
          <span className="sr">
            <T id="part_remove" />
          </span>
        </button>
      </span>
    </li>
  );
};

/** Enter adds what the text names: a link's counter, or the one that is found. */
const Add = ({ parts, change }) => {
  const [text, setText] = useState("");
  const typed = text.trim();
  const rows = useFound(typed);
  const here = new Set(parts.map((part) => part.counter));
  const found = (rows ?? []).filter((row) => row.manage && !here.has(row.counter));
  const add = (slugs) => {
    setText("");
    return change(Object.fromEntries(slugs.map((slug) => [slug, 1])));
  };
  const addTyped = async () => {
    const linked = countersInLink(typed);
    if (linked) return add(linked);
    const known = rows ?? (await find(typed).catch(() => []));
    add([(known.find(({ name, counter }) => name === typed || counter === typed) ?? known[0])?.counter ?? typed]);
  };
  const onKeyDown = (event) => {
    if (event.key !== "Enter" || !typed) return;
    event.preventDefault();
    addTyped();
  };
  return (
    <>
      <label className="field">
        <T id="part_add" />
        <span className="input">
          <input
            dir="auto"
            autoComplete="off"
            maxLength={2000}
            data-first=""
            data-testid="part-text"
            value={text}
            onChange={({ target }) => setText(target.value)}
            onKeyDown={onKeyDown}
          />
        </span>
      </label>
      <ul className="found" data-testid="found-parts">
        {found.slice(0, MOST_SHOWN).map((row) => (
          <li key={row.counter}>
            <button type="button" className="btn" data-testid="found-part" data-counter={row.counter} onClick={() => add([row.counter])}>
              <Icon name="plus" />
              <bdi>{row.name || row.counter}</bdi>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
};
