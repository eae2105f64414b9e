/** The keyboard: full screen, language, theme, help. */

import { glyph, make } from "./dom.js";
import { say } from "./i18n.js";

const STATES = "ready ringing talking holding acw outbound paused auto_paused offhook unreachable emergency".split(" ");
const LEVELS = ["notice", "warn", "critical", "good"];

function toggleFullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}

export class Help {
  constructor(dialog) {
    this.dialog = dialog;
    dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  }

  toggle() {
    if (this.dialog.open) this.dialog.close();
    else {
      this.build();
      this.dialog.showModal();
    }
  }

  build() {
    const keys = [["f", "f"], ["l", "l"], ["t", "t"], ["?", "help"]].flatMap(([key, name]) => [
      make("dt", make("kbd", key)),
      make("dd", say(`help.${name}`)),
    ]);
    const sign = (name, words) => make("li", glyph(name), make("span", words));
    const states = STATES.map((state) => sign(state, say(`state.${state}`)));
    const levels = LEVELS.map((level) => sign(level, say(`level.${level}`)));
    const close = make("button.help-close", say("help.close"));
    close.type = "button";
    close.addEventListener("click", () => this.dialog.close());
    const title = make("h2", say("help.title"));
    title.id = "help-title";
    const signs = make("h2", say("help.glyphs"));
    this.dialog.replaceChildren(title, make("dl.help-keys", ...keys), signs, make("ul.help-signs", ...states, ...levels), close);
  }
}

/** Listens for the board's keys. */
export function listen({ help, language, theme }) {
  const actions = { f: toggleFullScreen, l: language, t: theme, "?": () => help.toggle() };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = actions[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
