/* A counter on a wall, or as an overlay on a stream: there is nothing to press. The screen stays on where the browser allows. */
import { Children, useEffect, useState } from "react";
import { useNewVersion } from "../app/new_version.jsx";
import { useCounter, useView } from "../counter/counter_provider.jsx";
import { Bilingual, inLanguage, plural } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { progressOf, progressText } from "../shared/progress.js";
import { call, receiveReply } from "../shared/rpc.js";
import { pageUrl } from "../shared/site.js";
import { useWakeLock } from "./wake_lock.js";

const ARC = "M.6 50a49.4 49.4 0 0 1 98.8 0"; // half a circle around the sun
const QUIET_ZONE = 4; // modules of white that a reader needs around a QR code
const RETRY_INTERVAL = 3000; // ms

const isTransparent = () => new URLSearchParams(location.search).get("transparent") === "1";

/** Its children are the number, and the counters of a group. */
export const Display = ({ about: newest, reply, texts, onShare, children }) => {
  const about = newest?.counter === useCounter() ? newest : null; // null: not known yet
  const [transparent, setTransparent] = useState(null); // null: not known before the browser runs this
  useEffect(() => receiveReply(reply), [reply]);
  useEffect(() => {
    const isOverlay = isTransparent();
    setTransparent(isOverlay);
    document.documentElement.toggleAttribute("data-transparent", isOverlay);
    return () => document.documentElement.removeAttribute("data-transparent");
  }, []);
  useWakeLock();
  useNewVersion(useView().connection !== "connected"); // nobody can press "Reload" here
  const [number, parts] = Children.toArray(children);
  if (transparent === null) return null;
  return transparent ? (
    <Overlay about={about} texts={texts} number={number} />
  ) : (
    <Wall about={about} texts={texts} number={number} parts={parts} onShare={onShare} />
  );
};

/** How far the counter is, see progress.js, and its text. */
const useProgress = (about, texts) => {
  const { value, known } = useView();
  const progress = progressOf(value, (known && about) || {});
  return { ...progress, said: progressText(value, progress, texts) };
};

const Title = ({ about, texts }) => {
  const { problem } = useView();
  const problemText = problem && (problem.sentences ?? texts[problem.code]);
  if (problemText) return <Bilingual text={problemText} />;
  if (!about) return null;
  return about.name ? <bdi>{about.name}</bdi> : <Bilingual text={texts.title} />;
};

const Wall = ({ about, texts, number, parts, onShare }) => {
  const counter = useCounter();
  const { connection, watchers } = useView();
  const { share, state, said } = useProgress(about, texts);
  const code = useQrCode(counter, connection, onShare);
  const live = connection === "connected";
  return (
    <main className="counter display" data-testid="display" data-way={state} data-colour={about?.colour || undefined}>
      <span />
      <div className="stage">
        <h1>
          <Title about={about} texts={texts} />
        </h1>
        {number}
        <p className="way" data-testid="way">
          {!live && (
            <span className="lost">
              <Bilingual text={texts[connection]} />
            </span>
          )}
          {said && (
            <span>
              <Bilingual {...said} />
            </span>
          )}
        </p>
      </div>
      {about?.group && parts}
      <div className="horizon" hidden={about?.group}>
        {share !== null && (
          <svg className="arc" viewBox="0 0 100 50" aria-hidden="true">
            <path className="t" d={ARC} />
            {share > 0 && <path className="f" pathLength="100" strokeDasharray={`${share * 100} 300`} d={ARC} />}
          </svg>
        )}
        <div className="sun">{code && <QrCode code={code} texts={texts} />}</div>
      </div>
      <div className="wing l">
        <p className="status" data-testid="status" data-state={connection}>
          <Icon name={live ? "dot" : "wait"} className={live ? "ok dot" : "quiet spin"} />
          <Bilingual text={texts[connection]} />
        </p>
        <p className="quiet" style={{ visibility: live ? "visible" : "hidden" }}>
          <Bilingual text={plural(texts, "lookers", watchers)} n={watchers} />
        </p>
      </div>
      {code && !about?.group && (
        <div className="wing r">
          <p>
            <b>
              <Bilingual text={texts.scan} />
            </b>
          </p>
          <p className="quiet address">{code.link.replace(/^https?:\/\//, "")}</p>
        </div>
      )}
    </main>
  );
};

const QrCode = ({ code, texts }) => {
  const width = code.size + 2 * QUIET_ZONE;
  return (
    <svg className="qr" role="img" data-testid="qr" viewBox={`${-QUIET_ZONE} ${-QUIET_ZONE} ${width} ${width}`}>
      <title>{`${inLanguage(texts.qr)}: ${code.link}`}</title>
      <path d={code.path} shapeRendering="crispEdges" />
    </svg>
  );
};

/** The QR code of the link to the counter, as the server draws it; retried until it comes. */
const useQrCode = (counter, connection, onShare) => {
  const [code, setCode] = useState(null);
  useEffect(() => {
    if (code || connection !== "connected") return;
    let timer;
    let unmounted = false;
    const load = async () => {
      const { result } = await call(onShare, counter, pageUrl(""));
      if (unmounted) return;
      if (result) setCode(result);
      else timer = setTimeout(load, RETRY_INTERVAL);
    };
    load();
    return () => {
      unmounted = true;
      clearTimeout(timer);
    };
  }, [code, counter, connection]);
  return code;
};

/** On a stream, with a background of its own. */
const Overlay = ({ about, texts, number }) => {
  const { connection, known } = useView();
  const { share, state, said } = useProgress(about, texts);
  const lost = known && connection !== "connected";
  return (
    <main className="overlay" data-testid="display" data-way={state}>
      <div className="plate">
        <span
          className={`mini ${share === null ? "" : "goal-on"}`}
          data-colour={about?.colour || undefined}
          style={{ "--p": share ?? 0 }}
        />
        <div>
          <p className="small title" role="heading" aria-level="1" data-testid="status" data-state={connection}>
            {lost && <Icon name="wait" className="spin" />}
            {lost ? <Bilingual text={texts.reconnecting} /> : <Title about={about} texts={texts} />}
            {said && !lost && (
              <span className="words">
                <Bilingual {...said} />
              </span>
            )}
          </p>
          {number}
        </div>
      </div>
    </main>
  );
};
