/**
 * A part of a page that is fetched: again whenever the server says that its kind of record has changed, while somebody
 * looks at it; and painted only when it differs.
 */

import { NEWS } from "../stream.js";
import { part, nothing } from "./parts.js";
import { say } from "../i18n.js";

/** Not more often than this, however much happens. */
const REST_MS = 2000;

/** `load()` promises the rows; `show(rows)` makes the nodes of them. `kind`: of record, as the stream's news names it. */
export class Refreshed {
  constructor(section, kind) {
    this.body = part("div", {}, nothing(say("work.loading")));
    section.append(this.body);
    this.kind = kind;
    this.asked = 0;
    this.askedAt = -Infinity;
    this.seen = true;
    this.behind = false;
    this.waiting = 0;
  }

  start() {
    this.refresh();
    addEventListener(NEWS, ({ detail }) => (detail === null || detail.includes(this.kind)) && this.news());
    document.addEventListener("visibilitychange", () => this.#catchUp());
    new IntersectionObserver(([one]) => {
      this.seen = one.isIntersecting;
      this.#catchUp();
    }).observe(this.body);
  }

  /** What is shown is not the latest any more. */
  news() {
    this.behind = true;
    this.#catchUp();
  }

  #catchUp() {
    if (!this.behind || !this.seen || document.hidden || this.waiting) return;
    const rest = this.askedAt + REST_MS - performance.now();
    this.waiting = setTimeout(() => {
      this.waiting = 0;
      this.refresh();
    }, Math.max(0, rest));
  }

  async refresh() {
    const asked = (this.asked += 1);
    this.behind = false;
    this.askedAt = performance.now();
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
