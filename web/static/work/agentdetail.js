/** One agent in full: what he does since when, his call, his queues, his day, what he broke, and what can be done. */

import { alertName, levelOfAlert } from "../alerts.js";
import { glyph, make, write } from "../dom.js";
import { pick, say, sayOr } from "../i18n.js";
import { stateWords } from "../tile.js";
import { age, clockTime, duration } from "../time.js";
import { agentLevel } from "../urgency.js";
import { memberOf } from "./actions.js";
import { ask } from "./api.js";
import { harmless, isolated } from "./harmless.js";
import { short } from "./moments.js";
import { askNumber } from "./number.js";
import { backButton, named, Pane, paneTitle } from "./pane.js";
import { may, runs } from "./frame.js";
import { facts, nothing, part, table, tag } from "./parts.js";

const FIGURES = ["answered", "offers", "ring_no_answer", "late_answers", "att_s", "aht_s", "hold_s_mean", "held", "transferred", "talk_s", "acw_s"];

/** A figure as one reads it: lengths as lengths, counts as counts. Pure. */
export function figure(name, value) {
  if (value == null) return null;
  return /_s(_|$)/.test(name) ? duration(value) : String(value);
}

export class AgentDetail {
  /** @param desk `{actions, back(), openCall(pbx, call), select(kind, id)}` */
  constructor(desk) {
    this.desk = desk;
    this.pane = new Pane();
    this.id = null;
  }

  /** Shows the agent of this id as the floor knows him now. */
  show(id, floor, times) {
    if (id !== this.id) {
      this.pane.clear();
      this.broken = null;
    }
    this.id = id;
    this.agent = floor.agents.get(id) ?? this.#gone();
    if (!this.agent) return this.pane.put("head", "gone", () => [backButton(this.desk.back), nothing(say("agent.gone"))]);
    this.#paint(floor, times);
    return undefined;
  }

  /** Who has left the floor is still shown as he was, signed out. */
  #gone() {
    return this.agent?.id === this.id ? { ...this.agent, state: "logged_out", call: null, queues: [] } : null;
  }

  #paint(floor, times) {
    const { agent, pane } = this;
    const alerts = [...floor.alerts].filter(([, one]) => one.kind === "agent" && `${one.pbx}/${one.subject}` === this.id);
    pane.put("head", [agent.label, agent.group, agent.pbx], () => [backButton(this.desk.back), paneTitle(isolated(agent.label)), part("p.quiet-note", {}, [agent.group, agent.pbx].filter(Boolean).map(harmless).join(" · "))]);
    pane.put("state", [agent.state, agent.reason, agent.since, agent.before, agent.kind, agent.misses, agent.reachable], () => this.#state());
    pane.put("heard", agent.heard_by ?? [], () => (agent.heard_by ?? []).map((one) => part("p.heard-by", {}, glyph("ear"), say("agent.heard", { who: harmless(one.name ?? say("agent.somebody")), mode: say(`listen.${one.mode}`), since: clockTime(one.since) }))));
    const actions = this.desk.actions.ofAgent(agent);
    pane.put("actions", actions.map(({ name, off }) => [name, off]), () => [part("div.actions", {}, ...actions.map(({ name, words, key, off }) => named(name, words, () => this.act(key), { key, disabled: off })))]);
    pane.put("call", [agent.call, agent.caller, agent.call_number_masked, agent.call_since, agent.legs, agent.queue], () => this.#call());
    pane.put("alerts", alerts.map(([id, one]) => [id, one.stage, one.severity]), () => this.#alerts(alerts));
    pane.put("queues", [agent.queues, agent.paused_in, agent.penalties], () => this.#queues());
    const today = floor.figures.get(`agent:${this.id}`)?.today;
    pane.put("today", today ?? null, () => this.#today(today));
    this.#fetch(alerts.map(([id]) => id).join());
    this.tick(times);
  }

  /** Does what belongs to a key, if it can be done now; whether there was something. */
  act(key) {
    const action = this.agent && this.desk.actions.ofAgent(this.agent).find((one) => one.key === key);
    if (!action) return false;
    if (!action.off) action.run();
    return true;
  }

  tick({ nowOf, offsetOf, isStale, lateRing }) {
    const { agent } = this;
    if (!agent) return;
    const now = nowOf(agent.pbx);
    const seconds = age(now, agent.since, offsetOf(agent.pbx));
    if (this.age) write(this.age, agent.state === "logged_out" ? "–" : duration(seconds));
    if (this.talk) write(this.talk, duration(age(now, agent.call_since, offsetOf(agent.pbx))));
    if (!this.sign) return;
    const level = isStale(agent.pbx) ? null : agentLevel(agent, seconds, lateRing, now);
    if (level) this.sign.dataset.level = level;
    else delete this.sign.dataset.level;
  }

  #state() {
    const { agent } = this;
    this.age = make("span.big-age", "");
    this.sign = part("span.tag", {}, glyph(agent.state), harmless(stateWords(agent)));
    return [
      part("p.state-line", {}, this.sign, this.age),
      facts([
        [say("crew.reason"), agent.reason ? sayOr(`reason.${String(agent.reason).toLowerCase()}`, harmless(agent.reason)) : null],
        [say("agent.since"), agent.state === "logged_out" ? null : short(agent.since)],
        [say("crew.before"), agent.before ? say(`state.${agent.before}`) : null],
        [say("agent.missed.row"), agent.misses > 0 ? String(agent.misses) : null],
        [say("agent.phone"), agent.reachable === false ? say("reach.unreachable") : null],
      ]),
    ];
  }

  #call() {
    const { agent } = this;
    this.talk = null;
    if (!agent.call) return [];
    this.talk = agent.call_since ? make("span") : null;
    const number = agent.call_number_masked ? isolated(agent.call_number_masked) : null;
    const look = agent.caller && may("see_numbers") && runs("audit") ? named("number", say("number.show"), () => askNumber(agent.caller)) : null;
    return [
      make("h3", say("agent.call")),
      facts([
        [say("caller.number"), number],
        [say("crew.queue"), agent.queue ? isolated(agent.queue) : null],
        [say("agent.call.kind"), agent.kind ? sayOr(`call.kind.${agent.kind}`, agent.kind) : null],
        [say("agent.call.for"), this.talk],
        [say("agent.call.holds"), agent.holds > 0 ? say("agent.call.held", { count: agent.holds }) : null],
      ]),
      part("div.actions", {}, named("call", say("call.open"), () => this.desk.openCall(agent.pbx, agent.call), { key: "i" }), look),
    ];
  }

  #alerts(alerts) {
    if (alerts.length === 0) return [];
    const lead = ([id, one]) => {
      const press = named(`alert-${id}`, alertName(one), () => this.desk.select("alert", id));
      press.prepend(tag(levelOfAlert(one), ""));
      return make("li", press);
    };
    return [make("h3", say("agent.alerts")), part("ul.plain", {}, ...alerts.map(lead))];
  }

  #queues() {
    const { agent } = this;
    const row = (queue) => ({ queue, penalty: agent.penalties?.[queue] ?? 0, paused: agent.paused_in.includes(queue) });
    return [
      make("h3", say("agent.queues")),
      table({
        label: say("agent.queues"),
        empty: say("agent.queues.none"),
        rows: agent.queues.map(row),
        columns: [
          { name: say("crew.queue"), cell: (one) => isolated(one.queue) },
          { name: say("crew.penalty"), kind: "number", cell: (one) => String(one.penalty) },
          { name: say("agent.paused"), cell: (one) => (one.paused ? say("agent.paused.yes") : "–") },
        ],
      }),
    ];
  }

  #today(today) {
    const pairs = FIGURES.map((name) => [say(`figure.${name}`), figure(name, today?.[name])]);
    return [make("h3", say("agent.today")), today ? facts(pairs) : nothing(say("agent.today.none"))];
  }

  /** His breaches of today, asked for again only when his alerts are others. */
  async #fetch(alerts) {
    const wanted = `${this.id} ${alerts}`;
    if (wanted === this.broken) return;
    this.broken = wanted;
    const agent = `${this.agent.pbx}/${memberOf(this.agent)}`;
    const found = await ask(`/api/v1/breaches?${new URLSearchParams({ agent })}`).catch(() => ({ breaches: [] }));
    if (this.broken !== wanted) return;
    const rows = found.breaches.toReversed();
    this.pane.put("breaches", rows.map(({ id, ended_at: ended, excused_by: by }) => [id, ended, by]), () => [make("h3", say("agent.breaches")), breachesOf(rows)]);
  }
}

/** Open ones first, then the latest of today. */
function breachesOf(rows) {
  const order = [...rows].sort((one, other) => (one.ended_at != null) - (other.ended_at != null)).slice(0, 20);
  return table({
    label: say("agent.breaches"),
    empty: say("agent.breaches.none"),
    rows: order,
    columns: [
      { name: say("alert.rule"), cell: (one) => pick(one.name) },
      { name: say("alert.began"), cell: (one) => short(one.began_at) },
      { name: say("incident.lasted"), kind: "number", cell: (one) => (one.ended_at ? duration(one.ended_at - one.began_at) : tag("warn", say("breach.lasts"))) },
    ],
  });
}
