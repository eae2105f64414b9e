/** What every page people work with has: language, rights, a title, the line that says what was done, help. */

import { Appearance } from "../appearance.js";
import { make } from "../dom.js";
import { say, teach } from "../i18n.js";
import { button, dialog, part } from "./parts.js";
import WORDS from "./words.js";

teach(WORDS);
export const appearance = new Appearance({ lang: document.body.dataset.lang, theme: "auto" });

export const main = document.getElementById("sheet");
export const about = main.dataset.about;
const rights = new Set(main.dataset.rights.split(" "));

/** Whether whoever is signed in may do this; the server asks again. */
export const may = (right) => rights.has(right);

// Whoever listens while he goes from page to page keeps the bar.
if (sessionStorage.getItem("floor.listening")) import("./listenbar.js").then(({ attach }) => attach());

const parts = new Set(main.dataset.parts.split(" "));

/** Whether this part of the product runs here; what does not is not asked for. */
export const runs = (name) => parts.has(name);

const status = part("p.told", { role: "status", "aria-live": "polite" });
document.body.append(status);
let fading = 0;

/** Says what was done; or, with level "critical", what was not. */
export function told(text, level = "good") {
  clearTimeout(fading);
  status.textContent = text;
  status.dataset.level = level;
  fading = setTimeout(() => status.replaceChildren(), level === "good" ? 5000 : 12000);
}

/** Does something and says so; what was refused is said as well. */
export async function act(action, words) {
  try {
    const answer = await action();
    if (words) told(words);
    return answer;
  } catch (error) {
    told(error.message || say("work.failed"), "critical");
    return null;
  }
}

/** The page's title, in the page and in the browser. */
export function titled(text, ...beside) {
  document.title = `${text} · Floorwatch`;
  return part("div.head", {}, make("h1", text), ...beside);
}

/** Fills the page; `load()` gives its nodes. What cannot be loaded is said, with a way to try again. */
export async function fill(load) {
  try {
    main.replaceChildren(...(await load()));
  } catch (error) {
    const again = button(say("work.again"), () => fill(load));
    main.replaceChildren(titled(say("work.failed")), part("p", { role: "alert" }, error.message), again);
  }
}

const typing = (target) => target.closest?.("input, textarea, select, [contenteditable], dialog");

/** Keys of a page: `{a: {words, action}}`. `?` shows them; none of them works while somebody writes. */
export function keys(table) {
  const help = () => {
    const rows = Object.entries(table).flatMap(([key, { words }]) => [make("dt", make("kbd", key)), make("dd", words)]);
    const box = dialog(say("help.title"), make("dl.help-keys", ...rows, make("dt", make("kbd", "?")), make("dd", say("help.help"))));
    box.append(button(say("help.close"), () => box.close()));
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target) || document.querySelector("dialog[open]")) return;
    const wanted = event.key === "?" ? help : table[event.key.length === 1 ? event.key.toLowerCase() : event.key]?.action;
    if (!wanted) return;
    event.preventDefault();
    wanted(event);
  });
  return help;
}
