/** What is chosen, shown in parts that are painted anew only when they differ, so that the keyboard stays where it is. */

import { make } from "../dom.js";
import { say } from "../i18n.js";
import { button, part } from "./parts.js";

export class Pane {
  constructor() {
    this.parts = new Map();
    this.element = make("div.pane");
  }

  /** Begins anew: another one is shown. */
  clear() {
    this.parts.clear();
    this.element.replaceChildren();
  }

  /** Paints the part `name` by `build()` (a list of nodes) unless `told` is what it was painted for. */
  put(name, told, build) {
    const signature = JSON.stringify(told);
    const known = this.parts.get(name);
    if (known?.signature === signature) return;
    const element = known?.element ?? make(`div.pane-${name}`);
    const focused = element.contains(document.activeElement) ? document.activeElement.dataset.command : null;
    element.replaceChildren(...build().filter(Boolean));
    if (focused) (element.querySelector(`[data-command="${CSS.escape(focused)}"]`) ?? this.element.querySelector("h2"))?.focus();
    this.parts.set(name, { signature, element });
    if (!known) this.element.append(element);
  }
}

/** Its heading; the keyboard comes here when it is opened. */
export const paneTitle = (...children) => part("h2", { id: "detail-name", tabindex: "-1" }, ...children);

/** A button that is known by its name, so that it keeps the keyboard when its part is painted anew. */
export function named(name, words, action, options = {}) {
  const one = button(words, action, options);
  one.dataset.command = name;
  return one;
}

export const backButton = (back) => named("back", say("pane.back"), back, { key: "Esc" });
