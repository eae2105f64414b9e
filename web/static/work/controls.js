/** Controls of the pages people work with. */

import { attribute } from "../dom.js";
import { part } from "./parts.js";

/** Buttons of which one is pressed. */
export function choice(label, names, words, chosen) {
  const group = part("div.choice", { role: "group", "aria-label": label });
  const press = (name) => {
    for (const one of group.children) attribute(one, "aria-pressed", String(one.dataset.name === name));
    chosen(name);
  };
  for (const name of names) {
    const one = part("button", { type: "button", "aria-pressed": String(name === names[0]), "data-name": name }, words(name));
    one.addEventListener("click", () => press(name));
    group.append(one);
  }
  return group;
}

/** Brings a part of the page into view, and the keyboard with it. */
export function goTo(id) {
  const wanted = document.getElementById(id);
  wanted.scrollIntoView({ block: "start" });
  wanted.focus({ preventScroll: true });
}
