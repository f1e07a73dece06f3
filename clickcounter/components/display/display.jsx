/* A counter on a wall, or over a stream: nothing to press. It stays awake where the browser lets it. */
import { useEffect, useState } from "react";
import { ask, replied } from "./asks.js";
import { Both, Icon, grouped, useCounter, useView } from "./counter_tab.jsx";
import { wayOf, wordsOf } from "./way.js";

const DOT = "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8Z";
const WAIT = "M12 4a8 8 0 0 1 8 8M12 20a8 8 0 0 1-8-8";
const RIM = "M.6 50a49.4 49.4 0 0 1 98.8 0"; // half a circle round the sun
const QUIET_ZONE = 4; // modules of white that a reader wants round a QR code
const AGAIN = 3000; // ms

const isTransparent = () => new URLSearchParams(location.search).get("transparent") === "1";

export const Display = ({ about: said, reply, texts, onShare, children }) => {
  const about = said?.counter === useCounter() ? said : null; // not known yet
  const [transparent, setTransparent] = useState(null); // not known before the browser runs this
  useEffect(() => replied(reply), [reply]);
  useEffect(() => {
    const bare = isTransparent();
    setTransparent(bare);
    document.documentElement.toggleAttribute("data-transparent", bare);
    return () => document.documentElement.removeAttribute("data-transparent");
  }, []);
  useAwake();
  if (transparent === null) return null;
  return transparent ? (
    <Plate about={about} texts={texts} number={children} />
  ) : (
    <Wall about={about} texts={texts} number={children} share={onShare} />
  );
};

const useWay = (about, texts) => {
  const { value, known } = useView();
  const way = wayOf(value, (known && about) || {});
  return { ...way, words: wordsOf(value, way, texts, grouped) };
};

const Title = ({ about, texts }) => {
  const { problem } = useView();
  const trouble = problem && (problem.sentences ?? texts[problem.code]);
  if (trouble) return <Both of={trouble} />;
  if (!about) return null;
  return about.name ? <bdi>{about.name}</bdi> : <Both of={texts.title} />;
};

const Wall = ({ about, texts, number, share: onShare }) => {
  const counter = useCounter();
  const { link, lookers } = useView();
  const { share, state, words } = useWay(about, texts);
  const code = useCode(counter, link, onShare);
  const live = link === "connected";
  const of = (lang) => texts[`lookers_${new Intl.PluralRules(lang).select(lookers)}`] ?? texts.lookers_other;
  return (
    <div className="counter display" data-testid="display" data-way={state} data-colour={about?.colour || undefined}>
      <span />
      <main className="stage">
        <h1>
          <Title about={about} texts={texts} />
        </h1>
        {number}
        <p className="way" role="status" data-testid="way">
          {!live && (
            <span className="lost">
              <Both of={texts[link]} />
            </span>
          )}
          {words && (
            <span>
              <Both of={words} />
            </span>
          )}
        </p>
      </main>
      <div className="horizon">
        {share !== null && (
          <svg className="arc" viewBox="0 0 100 50" aria-hidden="true">
            <path className="t" d={RIM} />
            {share > 0 && <path className="f" pathLength="100" strokeDasharray={`${share * 100} 300`} d={RIM} />}
          </svg>
        )}
        <div className="sun">{code && <Code code={code} texts={texts} />}</div>
      </div>
      <div className="wing l">
        <p className="status" role="status" data-testid="status" data-state={link}>
          <Icon d={live ? DOT : WAIT} className={live ? "ok dot" : "quiet spin"} />
          <Both of={texts[link]} />
        </p>
        <p className="quiet" style={{ visibility: live ? "visible" : "hidden" }}>
          <Both of={{ ru: of("ru").ru, en: of("en").en }} n={lookers} />
        </p>
      </div>
      {code && (
        <div className="wing r">
          <p>
            <b>
              <Both of={texts.scan} />
            </b>
          </p>
          <p className="quiet address">{code.link.replace(/^https?:\/\//, "")}</p>
        </div>
      )}
    </div>
  );
};

const Code = ({ code, texts }) => {
  const width = code.size + 2 * QUIET_ZONE;
  return (
    <svg className="qr" role="img" data-testid="qr" viewBox={`${-QUIET_ZONE} ${-QUIET_ZONE} ${width} ${width}`}>
      <title>{`${texts.qr[document.documentElement.lang] ?? texts.qr.en}: ${code.link}`}</title>
      <path d={code.path} shapeRendering="crispEdges" />
    </svg>
  );
};

/** The link to the counter as the server draws it; asked for until it comes. */
const useCode = (counter, link, onShare) => {
  const [code, setCode] = useState(null);
  useEffect(() => {
    if (code || link !== "connected") return;
    let timer;
    let left = false;
    const fetchIt = async () => {
      const { result } = await ask(onShare, counter, location.origin);
      if (left) return;
      if (result) setCode(result);
      else timer = setTimeout(fetchIt, AGAIN);
    };
    fetchIt();
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [code, counter, link]);
  return code;
};

/** Over a stream: its own ground, whatever is behind it. */
const Plate = ({ about, texts, number }) => {
  const { link, known } = useView();
  const { share, state, words } = useWay(about, texts);
  const lost = known && link !== "connected";
  return (
    <div className="overlay" data-testid="display" data-way={state}>
      <div className="plate">
        <span
          className={`mini ${share === null ? "" : "goal-on"}`}
          data-colour={about?.colour || undefined}
          style={{ "--p": share ?? 0 }}
        />
        <div>
          <p className="small title" role="status" data-testid="status" data-state={link}>
            {lost && <Icon d={WAIT} className="spin" />}
            {lost ? <Both of={texts.reconnecting} /> : <Title about={about} texts={texts} />}
            {words && !lost && (
              <span className="words">
                <Both of={words} />
              </span>
            )}
          </p>
          {number}
        </div>
      </div>
    </div>
  );
};

/** Holds the screen awake; the browser lets go of it whenever the page is hidden. */
const useAwake = () => {
  useEffect(() => {
    let lock = null;
    let asking = false;
    let left = false;
    const hold = async () => {
      if (asking || lock || document.visibilityState !== "visible" || !navigator.wakeLock) return;
      asking = true;
      try {
        lock = await navigator.wakeLock.request("screen");
        lock.addEventListener("release", () => (lock = null));
        if (left) lock.release();
      } catch {
        // a battery that is nearly empty, or a browser that does not let us
      }
      asking = false;
    };
    hold();
    document.addEventListener("visibilitychange", hold);
    return () => {
      left = true;
      document.removeEventListener("visibilitychange", hold);
      lock?.release();
    };
  }, []);
};
