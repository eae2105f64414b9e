/** Language and theme: the address says first, then the board, then the browser; keys change the address. */

import { LANGUAGES, resolveLanguage, useLanguage } from "./i18n.js";

const THEMES = ["dark", "light"];
const daylight = matchMedia("(prefers-color-scheme: light)");

const asked = (name) => new URLSearchParams(location.search).get(name);

/** Remembers a choice in the address, so that it outlives the page's own reload. */
function remember(name, value) {
  const address = new URL(location.href);
  address.searchParams.set(name, value);
  history.replaceState(null, "", address);
}

export class Appearance {
  /** @param {{lang: string, theme: string}} given what the page was rendered with */
  constructor({ lang, theme }) {
    this.given = { lang, theme };
    this.apply();
  }

  /** The board may say otherwise than the page knew; tells whether the language changed. */
  follow(board) {
    this.given = { lang: board.language, theme: board.theme };
    return this.apply();
  }

  apply() {
    const before = this.language;
    const wish = asked("lang");
    this.language = resolveLanguage(LANGUAGES.includes(wish) ? wish : this.given.lang);
    useLanguage(this.language);
    const theme = THEMES.includes(asked("theme")) ? asked("theme") : this.given.theme;
    document.documentElement.dataset.theme = THEMES.includes(theme) ? theme : "auto";
    return before !== this.language;
  }

  nextLanguage() {
    remember("lang", LANGUAGES[(LANGUAGES.indexOf(this.language) + 1) % LANGUAGES.length]);
    this.apply();
  }

  nextTheme() {
    const { theme } = document.documentElement.dataset;
    const light = theme === "light" || (theme === "auto" && daylight.matches);
    remember("theme", light ? "dark" : "light");
    this.apply();
  }
}
