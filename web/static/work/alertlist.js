/** The desk's list of alerts: one can be chosen, rows are kept in order of need, each says its age and who has it. */

import { alertAge, alertName, byNeed, holderWords, isPressing, isSilenced, levelOfAlert, SEVERITIES, signOfAlert, subjectWords } from "../alerts.js";
import { attribute, glyph, make, setGlyph, show, write } from "../dom.js";
import { pick, say } from "../i18n.js";
import { duration } from "../time.js";
import { lastFact, measured } from "./evidence.js";
import { drillTag, part } from "./parts.js";

class Row {
  constructor(id, choose) {
    this.id = id;
    this.sign = glyph("warn");
    this.level = make("span.quiet");
    this.drill = drillTag();
    this.subject = make("strong.row-subject");
    this.name = make("span.row-name");
    this.age = make("span.row-age");
    this.said = make("span.row-said");
    this.holder = make("span.row-holder");
    const first = make("span.row-first", this.drill, this.subject, this.name);
    const second = make("span.row-second", this.said, this.holder);
    const attributes = { role: "option", id: `alert-${id}`, "aria-selected": "false" };
    this.element = part("li.alert-row", attributes, this.sign, this.level, first, this.age, second);
    this.element.addEventListener("click", () => choose(id));
  }

  paint(alert) {
    this.alert = alert;
    setGlyph(this.sign, signOfAlert(alert));
    write(this.level, `${say(`severity.${alert.severity}`)}: `);
    show(this.drill, Boolean(alert.drill));
    write(this.subject, subjectWords(alert));
    write(this.name, alertName(alert));
    write(this.said, [pick(alert.text), measured(alert), lastFact(alert)].filter(Boolean).join(" · "));
    attribute(this.element, "data-level", levelOfAlert(alert));
    attribute(this.element, "data-stage", alert.stage);
    attribute(this.element, "data-drill", alert.drill ? "" : null);
  }

  tick(now) {
    const { alert } = this;
    const holder = holderWords(alert, now);
    write(this.age, duration(alertAge(alert, now)));
    write(this.holder, holder.text);
    attribute(this.element, "data-open", holder.open ? "" : null);
    attribute(this.element, "data-pressing", isPressing(alert, now) ? "" : null);
    attribute(this.element, "data-unknown", alert.unknown ? "" : null);
    attribute(this.element, "data-silenced", isSilenced(alert, now) ? "" : null);
  }
}

/** Whether an alert passes the filters `{least, holder, text}`. Pure. */
export function passes(alert, { least = "info", holder = "all", text = "" }) {
  if (SEVERITIES.indexOf(alert.severity) < SEVERITIES.indexOf(least)) return false;
  if (holder === "open" && alert.stage !== "firing") return false;
  if (holder === "taken" && alert.stage === "firing") return false;
  const wanted = text.trim().toLowerCase();
  if (!wanted) return true;
  const words = [alert.rule, alert.subject, alert.pbx, alert.queue, alert.group, alert.owner, ...Object.values(alert.name ?? {})];
  return words.some((word) => String(word ?? "").toLowerCase().includes(wanted));
}

export class AlertList {
  /** @param {(id: string) => void} chosen told when another alert is chosen @param {() => void} open on Enter */
  constructor(list, empty, chosen, open) {
    Object.assign(this, { list, empty, chosen, open });
    this.leads = true; // nothing was chosen yet: the first alert is
    this.rows = new Map();
    this.order = [];
    this.selected = null;
    this.filters = {};
    list.addEventListener("keydown", (event) => this.#key(event));
  }

  paint(alerts, now) {
    this.alerts = alerts;
    const wanted = byNeed(alerts, now).filter(([, alert]) => passes(alert, this.filters));
    const elements = wanted.map(([id, alert]) => {
      const row = this.rows.get(id) ?? new Row(id, (chosen) => this.select(chosen));
      this.rows.set(id, row);
      row.paint(alert);
      row.tick(now);
      return row.element;
    });
    this.order = wanted.map(([id]) => id);
    for (const id of [...this.rows.keys()]) if (!alerts.has(id)) this.rows.delete(id);
    const same = elements.length === this.list.children.length && elements.every((one, i) => this.list.children[i] === one);
    if (!same) this.list.replaceChildren(...elements);
    show(this.empty, elements.length === 0);
    write(this.empty, say(alerts.size > 0 ? "desk.filtered" : "desk.calm"));
    if (this.leads && this.selected == null && this.order.length > 0) this.select(this.order[0]);
    else this.#mark();
  }

  tick(now) {
    for (const id of this.order) this.rows.get(id).tick(now);
  }

  /** Chooses an alert; null: something else is chosen. */
  select(id) {
    this.leads = false;
    if (id !== this.selected) {
      this.selected = id;
      if (id !== null) this.chosen(id);
    }
    this.#mark();
  }

  /** Chooses the alert so many places on. */
  move(steps) {
    if (this.order.length === 0) return;
    const at = this.order.indexOf(this.selected);
    const next = at < 0 ? 0 : Math.min(this.order.length - 1, Math.max(0, at + steps));
    this.select(this.order[next]);
    this.rows.get(this.selected).element.scrollIntoView({ block: "nearest" });
  }

  #mark() {
    for (const [id, row] of this.rows) attribute(row.element, "aria-selected", String(id === this.selected));
    const shown = this.order.includes(this.selected);
    attribute(this.list, "aria-activedescendant", shown ? `alert-${this.selected}` : null);
  }

  #key(event) {
    if (event.key === "Enter" && this.selected) this.open?.();
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -1e6, End: 1e6 }[event.key];
    if (!steps) return;
    event.preventDefault();
    event.stopPropagation();
    this.move(steps);
  }
}
