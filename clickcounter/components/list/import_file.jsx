/* The button that imports files, one after the other; they can be dropped on the page, too. The dialog is loaded with the
 * first one. */
import { Suspense, useEffect, useRef, useState } from "react";
import { part } from "../app/part.jsx";
import { Bilingual } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { useList } from "./list_provider.jsx";

const NOTHING = { files: [], index: 0 };
const ImportDialog = part(() => import("../importing/import_dialog.jsx"));

export const ImportFile = ({ texts }) => {
  const [{ files, index }, setChosen] = useState(NOTHING);
  const input = useRef(null);
  const { board } = useList();
  const choose = (list) => list.length && setChosen({ files: [...list], index: 0 });
  const isOver = useDroppedFiles(choose);
  const onChange = ({ target }) => {
    choose(target.files);
    target.value = ""; // so that the same file can be chosen again
  };
  const next = () => setChosen(index + 1 < files.length ? { files, index: index + 1 } : NOTHING);
  const counters = board?.rows.filter(({ manage }) => manage) ?? [];
  return (
    <section className="import">
      <button type="button" className="btn edge" data-testid="import" onClick={() => input.current.click()}>
        <Bilingual text={texts.import} />
      </button>
      <p className="quiet small">
        <Bilingual text={texts.import_said} />{" "}
        <span className="wide">
          <Bilingual text={texts.import_or_drop} />
        </span>
      </p>
      <input ref={input} type="file" multiple hidden tabIndex={-1} data-testid="file" onChange={onChange} />
      {isOver && !files.length && (
        <p className="drop-here">
          <Icon name="download" />
          <Bilingual text={texts.import_drop} />
        </p>
      )}
      {files.length > 0 && (
        <Suspense fallback={null}>
          <ImportDialog key={index} file={files[index]} place={index + 1} of={files.length} counters={counters} close={next} />
        </Suspense>
      )}
    </section>
  );
};

/** Hands on files that are dropped anywhere on the page. Returns whether some are held over it. */
const useDroppedFiles = (onFiles) => {
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    const listen = (type, listener) => {
      const onEvent = (event) => {
        if (!event.dataTransfer?.types.includes("Files")) return;
        event.preventDefault(); // or the browser would open the file in place of the page
        listener(event);
      };
      addEventListener(type, onEvent);
      return () => removeEventListener(type, onEvent);
    };
    const stops = [
      listen("dragover", () => setIsOver(true)),
      listen("dragleave", ({ relatedTarget }) => relatedTarget || setIsOver(false)), // it has left the window
      listen("drop", ({ dataTransfer }) => {
        setIsOver(false);
        if (!document.querySelector("dialog[open]")) onFiles(dataTransfer.files);
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }, []);
  return isOver;
};
