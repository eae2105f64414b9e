/** Breaches of the rules on the desk: filtered by rule and agent, with what was said to them; excused with a reason. */

import { pick, say } from "../i18n.js";
import { duration } from "../time.js";
import { ask, tell } from "./api.js";
import { measured } from "./evidence.js";
import { may, told } from "./frame.js";
import { short } from "./moments.js";
import { askFor, button, drillTag, part, table, tag } from "./parts.js";
import { Refreshed } from "./refreshed.js";

/** Days of which breaches can be looked at; 1 is today, from where the floor's day began. */
const SPANS = [1, 7, 31];
const DAY_S = 86400;
const MOST = 1000;
const agentOf = (one) => (one.agent ? `${one.pbx ?? ""}/${one.agent}` : "");

/** What there is to choose from in these breaches: `{rules, agents}`, each `[[value, words], …]` in order. Pure. */
export function choices(breaches) {
  const sorted = (pairs) => [...new Map(pairs)].sort(([, a], [, b]) => a.localeCompare(b));
  return {
    rules: sorted(breaches.map((one) => [one.rule, `${pick(one.name)} · ${one.rule}`])),
    agents: sorted(breaches.filter(agentOf).map((one) => [agentOf(one), one.agent])),
  };
}

function said(one) {
  const marks = [
    one.drill ? drillTag() : null,
    one.excused_by ? tag(null, say("breach.excused", { who: one.excused_by, reason: one.excuse })) : null,
    one.disputed_at ? tag("notice", say("breach.disputed", { text: one.dispute })) : null,
  ].filter(Boolean);
  return marks.length > 0 ? part("span.marks", {}, ...marks) : null;
}

const level = ({ severity }) => ({ info: null, warn: "warn", crit: "critical", emergency: "critical" })[severity];

export class Breaches extends Refreshed {
  constructor(section) {
    super(section, "breaches");
    this.filters = { days: "1", rule: "", agent: "" };
    this.dayBegan = null;
    this.bar = part("div.filters", { role: "group", "aria-label": say("breach.filter") });
    this.body.before(this.bar);
    this.#offer([]);
  }

  async load() {
    const { days, rule, agent } = this.filters;
    const wanted = { rule, agent, since: days === "1" || !this.dayBegan ? "" : String(this.dayBegan - (Number(days) - 1) * DAY_S) };
    const asked = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value));
    const { breaches, day_began_at: began } = await ask(`/api/v1/breaches?${asked}`);
    this.dayBegan = began;
    if (!rule && !agent) this.#offer(breaches);
    return breaches; // the newest first
  }

  show(rows) {
    const whole = table({
      label: say("breach.title"),
      empty: say(this.filters.rule || this.filters.agent ? "desk.filtered" : "breach.none"),
      rows,
      columns: [
        { name: say("breach.who"), cell: (one) => one.agent ?? one.subject },
        { name: say("alert.rule"), cell: (one) => tag(level(one), pick(one.name)) },
        { name: say("alert.began"), cell: (one) => short(one.began_at) },
        { name: say("incident.lasted"), kind: "number", cell: (one) => (one.ended_at ? duration(one.ended_at - one.began_at) : say("breach.lasts")) },
        { name: say("alert.value"), cell: measured },
        { name: say("breach.said"), cell: (one) => said(one) ?? "" },
        ...(may("excuse") ? [{ name: say("breach.excuse"), cell: (one) => this.#excuse(one) }] : []),
      ],
    });
    return rows.length < MOST ? [whole] : [whole, part("p.quiet-note", {}, say("breach.most", { most: MOST }))];
  }

  #excuse(one) {
    if (one.excused_by) return "";
    const press = button(say("breach.excuse"), () => this.#ask(one));
    press.dataset.row = one.id;
    press.setAttribute("aria-label", say("breach.excuse.this", { who: one.agent ?? one.subject, rule: pick(one.name), at: short(one.began_at) }));
    return press;
  }

  #ask(one) {
    askFor(say("breach.excuse"), {
      words: say("breach.excuse.what"),
      fields: [{ name: "reason", label: say("work.reason"), type: "area", rows: 2, required: true }],
      submit: say("breach.excuse"),
      done: async (given) => {
        await tell(`/api/v1/breaches/${encodeURIComponent(one.id)}/excuse`, given);
        told(say("breach.did.excused"));
        await this.refresh();
      },
    });
  }

  #offer(breaches) {
    const { rules, agents } = choices(breaches);
    const offered = JSON.stringify([rules, agents]);
    if (offered === this.offered) return;
    this.offered = offered;
    const select = (name, label, options) => {
      const one = part("select", { "aria-label": label, name }, ...options.map(([value, words]) => part("option", { value, selected: value === this.filters[name] }, words)));
      one.addEventListener("change", () => {
        this.filters[name] = one.value;
        this.refresh();
      });
      return one;
    };
    const focused = this.bar.contains(document.activeElement) ? document.activeElement.name : null;
    this.bar.replaceChildren(
      select("days", say("breach.days"), SPANS.map((days) => [String(days), days === 1 ? say("breach.today") : say("breach.last", { days })])),
      select("rule", say("alert.rule"), [["", say("breach.rules")], ...rules]),
      select("agent", say("crew.agent"), [["", say("breach.agents")], ...agents]),
    );
    if (focused) this.bar.querySelector(`[name="${focused}"]`)?.focus();
  }
}
