/** One call: who is on it, what became of it, and its timeline; asked for again when the stream tells that it moved. */

import { glyph, make } from "../dom.js";
import { say, sayOr } from "../i18n.js";
import { duration } from "../time.js";
import { ask } from "./api.js";
import { harmless, isolated } from "./harmless.js";
import { short } from "./moments.js";
import { backButton, named, Pane, paneTitle } from "./pane.js";
import { facts, nothing, part, table, timeline } from "./parts.js";

const CALM_MS = 400;
const STEPS = new Set(["listen", "whisper", "barge"]);
const LEVELS = { hold: "notice", missed: "warn", rejected: "warn", lost: "critical", gap: "warn", answered: "good" };

/** What a line of the timeline says. Pure. */
export function lineOf({ kind, queue, agent, s, how }) {
  const words = sayOr(`call.${kind}`, kind);
  const beside = [how ? sayOr(`call.how.${how}`, how) : null, queue ? harmless(queue) : null, s == null ? null : duration(s)].filter(Boolean).join(" · ");
  return { text: beside ? `${words} (${beside})` : words, actor: agent ? harmless(agent) : "" };
}

export class CallDetail {
  constructor(desk) {
    this.desk = desk;
    this.pane = new Pane();
    this.asked = 0;
  }

  show(pbx, call) {
    Object.assign(this, { pbx, call, whole: null });
    this.pane.clear();
    this.pane.put("head", call, () => [backButton(this.desk.back), paneTitle(say("call.title")), nothing(say("work.loading"))]);
    return this.#fetch();
  }

  /** Somebody on it moved: once things are calm it is looked at again. */
  moved(ids) {
    if (!this.call || this.soon) return;
    if (this.whole && !ids.some((id) => this.involved.has(id))) return;
    this.soon = setTimeout(() => {
      this.soon = 0;
      this.#fetch();
    }, CALM_MS);
  }

  /** It is no longer looked at. */
  leave() {
    clearTimeout(this.soon);
    this.soon = 0;
    this.call = null;
  }

  async #fetch() {
    const asked = (this.asked += 1);
    const { pbx, call } = this;
    let whole;
    try {
      whole = await ask(`/api/v1/calls/${encodeURIComponent(pbx)}/${encodeURIComponent(call)}`);
    } catch (error) {
      whole = { failed: error.message };
    }
    if (asked !== this.asked || call !== this.call) return;
    this.whole = whole;
    this.involved = new Set([...(whole.legs ?? []), ...(whole.visits ?? [])].flatMap((one) => [one.agent && `${pbx}/${one.agent}`, one.caller]).filter(Boolean));
    this.#paint();
  }

  #paint() {
    const { whole, pane } = this;
    if (whole.failed) return pane.put("head", whole.failed, () => [backButton(this.desk.back), paneTitle(say("call.title")), part("p", { role: "alert" }, whole.failed)]);
    const visit = whole.visits.at(-1);
    pane.put("head", [whole.live, visit?.number_masked], () => [
      backButton(this.desk.back),
      paneTitle(say("call.title"), " ", visit?.number_masked ? isolated(visit.number_masked) : ""),
      part("p.quiet-note", {}, say(whole.live ? "call.live" : "call.over")),
    ]);
    const steps = this.#stepsIn();
    pane.put("actions", steps.map(({ name, off }) => [name, off]), () => [part("div.actions", {}, ...steps.map(({ name, words, key, off, run }) => named(name, words, run, { key, disabled: off })))]);
    pane.put("facts", whole.visits, () => [this.#visits()]);
    pane.put("legs", whole.legs, () => [make("h3", say("call.legs")), this.#legs()]);
    pane.put("timeline", whole.timeline, () => [make("h3", say("timeline.name")), timeline(whole.timeline.map((one) => ({ at: one.at, time: short(one.at), level: LEVELS[one.kind], ...lineOf(one) })), say("timeline.name"))]);
    return undefined;
  }

  /** The agent who talks on it now, as the floor knows him. */
  #talker() {
    const talking = this.whole?.live ? (this.whole.legs ?? []).filter((leg) => leg.agent) : [];
    const leg = talking.find(({ stage }) => stage === "up") ?? talking[0];
    return leg ? this.desk.feed.floor.agents.get(`${this.pbx}/${leg.agent}`) : undefined;
  }

  /** Ways to step in: those of his row, with its keys and rights. */
  #stepsIn() {
    const agent = this.#talker();
    return agent ? this.desk.actions.ofAgent(agent).filter(({ name }) => STEPS.has(name)) : [];
  }

  /** Does what belongs to a key, if it can be done now; whether there was something. */
  act(key) {
    const step = this.#stepsIn().find((one) => one.key === key);
    if (step && !step.off) step.run();
    return Boolean(step);
  }

  #visits() {
    const visit = this.whole.visits.at(-1);
    if (!visit) return nothing(say("call.noqueue"));
    return facts([
      [say("crew.queue"), isolated(visit.queue)],
      [say("crew.agent"), visit.agent ? isolated(visit.agent) : null],
      [say("caller.joined"), short(visit.joined_at)],
      [say("call.answered_at"), visit.answered_at ? short(visit.answered_at) : null],
      [say("caller.wait"), visit.wait_s == null ? null : duration(visit.wait_s)],
      [say("figure.talk_s"), visit.talk_s == null ? null : duration(visit.talk_s)],
      [say("call.holds"), visit.holds > 0 ? say("call.held", { count: visit.holds, time: duration(visit.hold_s) }) : null],
      [say("call.transfer"), visit.transfer ? sayOr(`call.how.${visit.transfer}`, visit.transfer) : null],
      [say("call.ending"), visit.ending ? sayOr(`ending.${visit.ending}`, visit.ending) : null],
      [say("call.completed_by"), visit.completed_by ? sayOr(`call.by.${visit.completed_by}`, visit.completed_by) : null],
    ]);
  }

  #legs() {
    return table({
      label: say("call.legs"),
      empty: say("call.legs.none"),
      rows: this.whole.legs,
      columns: [
        { name: say("call.who"), cell: (one) => this.#who(one) },
        { name: say("crew.state"), cell: (one) => part("span.tag", {}, glyph(one.stage === "held" ? "holding" : one.stage === "up" ? "talking" : "ringing"), say(`leg.${one.stage}`)) },
        { name: say("agent.since"), cell: (one) => short(one.since) },
      ],
    });
  }

  #who(leg) {
    if (!leg.agent) return say(`call.side.${leg.side}`);
    return named(`agent-${leg.agent}`, harmless(leg.agent), () => this.desk.select("agent", `${this.pbx}/${leg.agent}`));
  }
}
