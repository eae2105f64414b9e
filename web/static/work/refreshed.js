/** A part of the desk that is fetched: again every half minute while somebody looks, and painted only when it differs. */

import { part, nothing } from "./parts.js";
import { say } from "../i18n.js";

const EVERY_MS = 30000;

/** `load()` promises the rows; `show(rows)` makes the nodes of them. */
export class Refreshed {
  constructor(section) {
    this.body = part("div", {}, nothing(say("work.loading")));
    section.append(this.body);
    this.asked = 0;
  }

  start() {
    this.refresh();
    setInterval(() => document.hidden || this.refresh(), EVERY_MS);
  }

  async refresh() {
    const asked = (this.asked += 1);
    let nodes = null;
    let signature = null;
    try {
      const rows = await this.load();
      signature = JSON.stringify(rows);
      if (signature !== this.signature) nodes = this.show(rows);
    } catch (error) {
      nodes = [part("p", { role: "alert" }, error.message)];
    }
    if (asked !== this.asked || nodes === null) return;
    this.signature = signature;
    const row = this.body.contains(document.activeElement) ? document.activeElement.dataset.row : null;
    this.body.replaceChildren(...nodes);
    if (row) [...this.body.querySelectorAll("[data-row]")].find((one) => one.dataset.row === row)?.focus();
  }
}
