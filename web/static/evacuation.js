/** The order to leave (R-EMG-16): fills the board, in both languages, whatever the page's own. */

import { attribute, make, show, write } from "./dom.js";
import { DICTIONARIES } from "./i18n.js";

const LANGUAGES = { zh: "zh-Hans", en: "en" };

/** The order that stands, if there is one: the newest by id. */
export function orderOf(notices, now) {
  const orders = [...notices.values()].filter((one) => one.evacuation && (one.until == null || one.until > now));
  return orders.at(-1) ?? null;
}

export class Evacuation {
  constructor(section) {
    this.section = section;
    this.parts = Object.entries(LANGUAGES).map(([name, tag]) => {
      const title = make("h2.evacuation-title");
      const text = make("p.evacuation-text");
      const part = make("div.evacuation-part", title, text);
      part.lang = tag;
      return { name, title, text, part };
    });
    this.drill = make("p.evacuation-drill", "DRILL 演练");
    section.replaceChildren(this.drill, ...this.parts.map(({ part }) => part));
  }

  /** Shows or takes away the order. */
  paint(order) {
    show(this.section, order != null);
    attribute(document.documentElement, "data-evacuation", order ? "" : null);
    if (!order) return;
    show(this.drill, Boolean(order.drill));
    for (const { name, title, text } of this.parts) {
      write(title, DICTIONARIES[name]["evacuation.title"]);
      write(text, typeof order.text === "string" ? order.text : (order.text?.[name] ?? ""));
    }
  }
}
