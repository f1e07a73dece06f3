/* Texts in both languages: both are on the page, and CSS shows those of html[lang]. */
import { createContext, useContext } from "react";
import { formatNumber } from "./numbers.js";

/** A text in both languages. Values replace their names in braces: numbers are formatted, other values are isolated from the
 * direction of the sentence. */
export const Bilingual = ({ text, ...values }) =>
  ["ru", "en"].map((lang) => (
    <span key={lang} lang={lang}>
      {text[lang].split(/\{(\w+)\}/).map((part, i) => (i % 2 ? <Value key={i} value={values[part]} /> : part))}
    </span>
  ));

const Value = ({ value }) => (typeof value === "number" ? formatNumber(value) : <bdi>{value}</bdi>);

/** The plural form for n, in both languages. Its forms are `name_one`, `name_few` and so on; `name_other` is always there. */
export const plural = (texts, name, n) => {
  const form = (lang) => (texts[`${name}_${new Intl.PluralRules(lang).select(n)}`] ?? texts[`${name}_other`])[lang];
  return { ru: form("ru"), en: form("en") };
};

const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** A name for a text that can have no elements, such as the page's title: isolated from its direction. */
export const isolateDirection = (name) => (RIGHT_TO_LEFT.test(name) ? `\u2068${name}\u2069` : name);

/** Why a call was refused, in words. What comes "later" is saved presses; any other call has to be tried again. */
export const errorText = ({ error, sentences }, texts) =>
  sentences ?? ((error !== "later" && texts[error]) || texts.not_now);

const Texts = createContext({});

/** Gives its `value`, texts by their ids, to everything inside. */
export const TextsProvider = Texts.Provider;

export const useTexts = () => useContext(Texts);

/** One of those texts. */
export const T = ({ id, ...values }) => <Bilingual text={useTexts()[id]} {...values} />;
