/* Texts in the page's language. English and Russian are both on the page, and CSS shows those of html[lang]; a text in any
 * other language stands alone, see language/languages.js. */
import { createContext, useContext, useSyncExternalStore } from "react";
import { language, store, translate } from "../language/languages.js";
import { formatNumber } from "./numbers.js";

/** Draws a component again when texts have come, and when the language or a format has changed. Returns 0 as long as what the
 * server drew must stay. */
export const useFormats = () => useSyncExternalStore(...store);

/** A text. Values replace their names in braces: numbers are formatted, other values are isolated from the direction of the
 * sentence. */
export const Bilingual = ({ text, ...values }) => {
  const translated = useFormats() ? translate(text) : undefined;
  const shown = translated === undefined ? [["ru", text.ru], ["en", text.en]] : [[language(), translated]];
  return shown.map(([lang, said]) => (
    <span key={lang} lang={lang}>
      {said.split(/\{(\w+)\}/).map((part, i) => (i % 2 ? <Value key={i} value={values[part]} lang={lang} /> : part))}
    </span>
  ));
};

const Value = ({ value, lang }) => (typeof value === "number" ? formatNumber(value, lang) : <bdi>{value}</bdi>);

/** A text where no elements can be: in an attribute, an option, the page's title. */
export const inLanguage = (text) => translate(text) ?? text[language()] ?? text.en;

/** The plural form for n. Its forms are `name_one`, `name_few` and so on; `name_other` is always there. */
export const plural = (texts, name, n) => {
  const form = (lang) => (texts[`${name}_${new Intl.PluralRules(lang).select(n)}`] ?? texts[`${name}_other`])[lang];
  return { ...texts[`${name}_one`], ru: form("ru"), en: form("en"), source: texts[`${name}_one`].en, n };
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

export const useTexts = () => {
  useFormats();
  return useContext(Texts);
};

/** One of those texts. */
export const T = ({ id, ...values }) => <Bilingual text={useContext(Texts)[id]} {...values} />;
