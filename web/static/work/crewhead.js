/** The head of the agents' table: its columns, how wide they are, and by which of them it is sorted. */

import { attribute } from "../dom.js";
import { say } from "../i18n.js";
import { NUMBERS } from "./crewrow.js";
import { part } from "./parts.js";

/** How narrow each column may become, in rem. */
const LEAST = { state: 7.5, since: 4.5, queue: 4.5, caller: 6.5, before: 5, answered: 5.2, att: 5.4, missed: 4.6, breaches: 4.2 };

/** The columns' widths as properties of the table; below `--least` it is moved sideways, its head with it. Pure. */
export function widths(columns) {
  const each = columns.map((column) => `minmax(${LEAST[column]}rem, ${NUMBERS.has(column) ? `${LEAST[column]}rem` : "1fr"})`);
  return { "--columns": ["minmax(7rem, 1.4fr)", ...each].join(" "), "--least": `${columns.reduce((sum, column) => sum + LEAST[column], 9.5)}rem` };
}

export class CrewHead {
  /** @param sort told the column that was pressed */
  constructor(columns, sort) {
    this.cells = new Map(["name", ...columns].map((column) => [column, this.#cell(column, sort)]));
    const row = part("div.crew-row.crew-head", { role: "row", "aria-rowindex": "1" }, ...this.cells.values());
    this.element = part("div.crew-top", { role: "rowgroup" }, row);
  }

  #cell(column, sort) {
    const words = say(column === "name" ? "crew.agent" : `crew.${column}`);
    const press = part("button", { type: "button", tabindex: "-1", title: say("crew.sort", { column: words }) }, words);
    press.addEventListener("click", () => sort(column));
    return part(`div.cell.cell-${column}${NUMBERS.has(column) ? ".number" : ""}`, { role: "columnheader" }, press);
  }

  mark({ sort, down }) {
    for (const [column, cell] of this.cells) attribute(cell, "aria-sort", column === sort ? (down ? "descending" : "ascending") : "none");
  }
}
