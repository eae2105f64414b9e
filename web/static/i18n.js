/** Words in the reader's language. The page has exactly one language at a time. */

import en from "./words/en.js";
import zh from "./words/zh.js";

export const DICTIONARIES = { en, zh };
export const LANGUAGES = Object.keys(DICTIONARIES);
const TAGS = { en: "en", zh: "zh-Hans" };

let language = "en";

/** The language for a wish: "en", "zh", or "auto" for the browser's. */
export function resolveLanguage(wish, preferred = navigator.languages ?? [navigator.language]) {
  if (LANGUAGES.includes(wish)) return wish;
  const first = preferred.map((tag) => String(tag).slice(0, 2).toLowerCase()).find((tag) => LANGUAGES.includes(tag));
  return first ?? "en";
}

/** Switches the page's language. */
export function useLanguage(chosen) {
  language = chosen;
  document.documentElement.lang = TAGS[chosen];
}

export const currentLanguage = () => language;

/** The words for `key`, with `{name}` filled in. A key without words shows itself: visible, never empty. */
export function say(key, values = {}) {
  const text = DICTIONARIES[language][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** The words for `key` if there are any, else `otherwise`: for words that come from outside. */
export function sayOr(key, otherwise) {
  return DICTIONARIES[language][key] ?? otherwise;
}

/** More words, each given as `[English, 中文]`: of pages a wallboard never needs. */
export function teach(pairs) {
  for (const [key, texts] of Object.entries(pairs)) {
    LANGUAGES.forEach((name, i) => (DICTIONARIES[name][key] = texts[i]));
  }
}

/** A text given per language, e.g. a board's title. */
export function pick(texts) {
  return texts?.[language] ?? texts?.en ?? texts?.zh ?? "";
}

/** `82`, `4.8`: percent without its sign, one decimal below ten; an en dash when not known. */
export function barePercent(value) {
  if (value == null) return "–";
  return value > 0 && value < 0.0995 ? (value * 100).toFixed(1) : String(Math.round(value * 100));
}

/** `82 %` or `82%`, as the language writes it. */
export function percent(value) {
  if (value == null) return "–";
  return language === "zh" ? `${barePercent(value)}%` : `${barePercent(value)} %`;
}
