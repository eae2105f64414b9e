/** The bar over the agents: which of them, in groups or not, which columns, and how many there are. */

import { attribute, make, write } from "../dom.js";
import { say } from "../i18n.js";
import { harmless } from "./harmless.js";
import { FILTERS } from "./lineup.js";
import { COLUMNS } from "./memory.js";
import { button, dialog, part } from "./parts.js";

export class CrewBar {
  /** @param crew the table it is about */
  constructor(crew, memory) {
    Object.assign(this, { crew, memory });
    this.states = this.#select("states", say("crew.filter.state"), [["", say("crew.filter.states")], ...FILTERS.map((name) => [name, name === "attention" ? say("crew.filter.attention") : say(`total.${name}`)])]);
    this.group = this.#select("group", say("crew.filter.group"), [["", say("crew.filter.groups")]]);
    this.grouped = button(say("crew.grouped"), () => this.#regroup());
    attribute(this.grouped, "aria-pressed", String(memory.get("grouped")));
    this.count = part("span.counted", { role: "status" });
    this.element = part("div.filters.crew-bar", { role: "group", "aria-label": say("crew.filter") }, this.states, this.group, this.grouped, button(say("crew.columns"), () => this.#ask()), this.count);
  }

  #select(name, label, options) {
    const one = part("select", { "aria-label": label, name }, ...options.map(([value, words]) => part("option", { value }, words)));
    one.value = this.memory.get(name);
    if (one.selectedIndex < 0) one.value = "";
    one.addEventListener("change", () => {
      this.memory.set({ [name]: one.value });
      this.crew.settle();
      this.paint();
    });
    return one;
  }

  #regroup() {
    this.memory.set({ grouped: !this.memory.get("grouped") });
    attribute(this.grouped, "aria-pressed", String(this.memory.get("grouped")));
    this.crew.settle();
  }

  /** The groups there are to choose from, and how many agents are seen of how many. */
  paint() {
    const names = new Set(this.crew.lineup.sorted.map(({ agent }) => agent.group).filter(Boolean));
    const chosen = this.memory.get("group");
    if (chosen) names.add(chosen);
    const offered = [...names].sort().join("\n");
    if (offered !== this.offered) {
      this.offered = offered;
      this.group.replaceChildren(...["", ...[...names].sort()].map((name) => part("option", { value: name }, name ? harmless(name) : say("crew.filter.groups"))));
      this.group.value = chosen;
    }
    const { shown, all } = this.crew.arranged;
    write(this.count, shown === all ? say("crew.count", { all }) : say("crew.count.of", { shown, all }));
  }

  #ask() {
    const chosen = () => new Set(this.memory.get("columns"));
    const tick = (column) => {
      const box = part("input", { type: "checkbox", checked: chosen().has(column) });
      box.addEventListener("change", () => {
        const now = chosen();
        if (box.checked) now.add(column);
        else now.delete(column);
        this.memory.set({ columns: COLUMNS.filter((one) => now.has(one)) });
        this.crew.rebuild();
      });
      return part("label.tick", {}, box, say(`crew.${column}`));
    };
    const reset = button(say("layout.reset"), () => {
      this.memory.forget();
      location.reload();
    });
    const close = button(say("help.close"), () => box.close());
    const box = dialog(say("crew.columns"), part("div.ticks", {}, ...COLUMNS.map(tick)), make("div.actions", close, reset));
  }
}
