/** The console's three panels: wide side by side with borders to pull, narrow one at a time behind tabs. */

import { attribute, make } from "../dom.js";
import { say } from "../i18n.js";
import { part } from "./parts.js";

const TABS = ["floor", "agents", "chosen"];
const NARROW = matchMedia("(max-width: 64rem)");
const STEP = 2;

/** A border somebody can pull, or move with the arrow keys; widths are percent of the whole. */
function border(side, memory, whole) {
  const width = () => memory.get(side);
  const bar = part("div.border", { role: "separator", tabindex: "0", "aria-orientation": "vertical", "aria-label": say(`layout.${side}`), "aria-valuemin": "10", "aria-valuemax": "60" });
  const set = (percent) => {
    const room = 80 - memory.get(side === "left" ? "right" : "left");
    const value = Math.round(Math.min(60, room, Math.max(12, percent)) * 10) / 10;
    memory.set({ [side]: value });
    whole.style.setProperty(`--${side}`, `${value}%`);
    attribute(bar, "aria-valuenow", String(Math.round(value)));
  };
  set(width());
  const toward = side === "left" ? 1 : -1;
  bar.addEventListener("keydown", (event) => {
    const steps = { ArrowRight: STEP, ArrowLeft: -STEP }[event.key];
    if (!steps) return;
    event.preventDefault();
    event.stopPropagation();
    set(width() + steps * toward);
  });
  bar.addEventListener("pointerdown", (event) => {
    bar.setPointerCapture(event.pointerId);
    const move = ({ clientX }) => {
      const { left, width: all } = whole.getBoundingClientRect();
      const share = ((clientX - left) / all) * 100;
      set(side === "left" ? share : 100 - share);
    };
    bar.addEventListener("pointermove", move);
    bar.addEventListener("lostpointercapture", () => bar.removeEventListener("pointermove", move), { once: true });
  });
  return bar;
}

export class Layout {
  /** `panels`: the elements of floor, agents and chosen; `enter()` brings what is chosen to the front */
  constructor(panels, memory, enter) {
    Object.assign(this, { panels, memory });
    for (const panel of [panels.floor, panels.agents]) panel.addEventListener("click", ({ target }) => NARROW.matches && target.closest('[role="option"], [aria-level="2"]') && enter());
    this.tabs = new Map(TABS.map((name) => [name, this.#tab(name)]));
    this.bar = part("div.tabs", { role: "tablist", "aria-label": say("layout.tabs") }, ...this.tabs.values());
    this.bar.addEventListener("keydown", (event) => this.#key(event));
    this.whole = make("div.console");
    const borders = ["left", "right"].map((side) => border(side, memory, this.whole));
    this.whole.append(panels.floor, borders[0], panels.agents, borders[1], panels.chosen);
    NARROW.addEventListener("change", () => this.turn());
    this.turn();
  }

  get elements() {
    return [this.bar, this.whole];
  }

  #tab(name) {
    const tab = part("button", { type: "button", id: `tab-${name}`, "aria-controls": this.panels[name].id }, say(`layout.${name}`));
    tab.setAttribute("role", "tab");
    tab.addEventListener("click", () => this.open(name));
    return tab;
  }

  #key(event) {
    const steps = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!steps) return;
    event.preventDefault();
    event.stopPropagation();
    const at = TABS.indexOf(this.memory.get("tab"));
    this.open(TABS[(at + steps + TABS.length) % TABS.length]);
    this.tabs.get(this.memory.get("tab")).focus();
  }

  /** Brings a panel to the front where only one is seen. */
  open(name) {
    this.memory.set({ tab: name });
    this.turn();
  }

  /** Shows what is to be seen at this width. */
  turn() {
    const open = this.memory.get("tab");
    for (const [name, tab] of this.tabs) {
      const panel = this.panels[name];
      attribute(tab, "aria-selected", String(name === open));
      attribute(tab, "tabindex", name === open ? "0" : "-1");
      attribute(panel, "data-away", NARROW.matches && name !== open ? "" : null);
      attribute(panel, "role", NARROW.matches ? "tabpanel" : null);
    }
  }
}
