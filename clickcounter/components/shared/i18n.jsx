/* Words in both languages, numbers and signs. CSS shows the words of html[lang]. */
import { createContext, useContext } from "react";

/** A text in both languages. Numbers take the places of their names in braces, grouped; texts stand apart from their line. */
export const Both = ({ of, ...values }) =>
  ["ru", "en"].map((lang) => (
    <span key={lang} lang={lang}>
      {of[lang].split(/\{(\w+)\}/).map((part, i) => (i % 2 ? <Value key={i} of={values[part]} /> : part))}
    </span>
  ));

const Value = ({ of }) => (typeof of === "number" ? grouped(of) : <bdi>{of}</bdi>);

export const grouped = (n) => String(n).replace("-", "−").replace(/\B(?=(\d{3})+$)/g, "\u00a0");

/** With its sign, as something that is added. */
export const signed = (n) => (n > 0 ? "+" : "") + grouped(n);

const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** A name within a text that has no elements, such as a page's title. */
export const isolated = (name) => (RIGHT_TO_LEFT.test(name) ? `\u2068${name}\u2069` : name);

export const Icon = ({ d, className = "" }) => (
  <svg className={`ico ${className}`} viewBox="0 0 24 24" aria-hidden="true">
    <path d={d} />
  </svg>
);

export const ICONS = {
  alert: "M12 4.5 3.5 19h17L12 4.5Zm0 5.5v4m0 2.6v.01",
  archive: "M4 6h16v4H4zM6 10v9h12v-9M10 14h4",
  back: "M20 12H5m6-6-6 6 6 6",
  check: "m5 12.5 4.5 4.5L19 7.5",
  clock: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16Zm0 4v4.5l3 1.5",
  copy: "M9 9h10v10H9zM15 9V5H5v10h4",
  dot: "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8Z",
  eye: "M3 12s3.5-6 9-6 9 6 9 6-3.5 6-9 6-9-6-9-6Zm9-2.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5Z",
  flag: "M6 20V5h11l-2.5 4L17 13H6",
  layers: "m12 4 8 4.5-8 4.5-8-4.5L12 4Zm-8 9 8 4.5 8-4.5",
  minus: "M6 12h12",
  moon: "M19 14.5A7.5 7.5 0 0 1 9.5 5 7.5 7.5 0 1 0 19 14.5Z",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  pen: "m5 19 1-4L16 5l3 3L9 18l-4 1Zm9-12 3 3",
  person: "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM4.5 20a7.5 7.5 0 0 1 15 0",
  people: "M9 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6Zm-5.5 14a5.5 5.5 0 0 1 11 0M16 5.5a3 3 0 0 1 0 5.5m1.5 3a5.5 5.5 0 0 1 3 5",
  plus: "M12 6v12M6 12h12",
  screen: "M4 5h16v11H4zM9 20h6",
  share: "M12 15V4m-4 3.5L12 4l4 3.5M6 11v8h12v-8",
  tag: "M4 5h8l8 7.5-7 7L4 12V5Zm4 4h.01",
  target: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16Zm0 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6Z",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  undo: "M5 9h9a5 5 0 0 1 0 10h-4M5 9l4-4M5 9l4 4",
  wait: "M12 4a8 8 0 0 1 8 8M12 20a8 8 0 0 1-8-8",
  x: "M6 6l12 12M18 6 6 18",
  zero: "M5 12a7 7 0 1 1 2 4.9M5 20v-4h4",
};

const Words = createContext({});

/** The texts of everything inside. */
export const WordsOf = Words.Provider;

/** One of those texts by its name. */
export const T = ({ of, ...values }) => <Both of={useContext(Words)[of]} {...values} />;

export const useWords = () => useContext(Words);
