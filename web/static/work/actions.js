/** What can be done to an agent or a caller: which of it when, by which key, and what is asked before. */

import { queuesOf } from "../floor.js";
import { say, sayOr } from "../i18n.js";
import { askCommand, command, mayCommand } from "./commands.js";
import { may, runs } from "./frame.js";
import { harmless } from "./harmless.js";

/** The exchange's own name of an agent: what follows the slash of his id. Pure. */
export const memberOf = (agent) => agent.id.slice(agent.pbx.length + 1);

const MODES = { listen: "l", whisper: "w", barge: "b" };
const PAUSED = new Set(["paused", "auto_paused"]);

export class Actions {
  /** `world()` gives the floor and the board as they are now; `listen(agent, mode)` begins a listening. */
  constructor(world, listen) {
    Object.assign(this, { world, listen });
    this.known = { kinds: {}, reasons: { away: [], work: [] }, phones: {} };
  }

  async load() {
    this.known = await mayCommand();
  }

  /** What may be done to this agent now: `{name, words, key, run, off}`; `off`: not at the moment. */
  ofAgent(agent) {
    const paused = PAUSED.has(agent.state) || agent.paused_in.length > 0;
    const list = [
      ...Object.entries(MODES).map(([mode, key]) => may(mode) && runs("listening") && { name: mode, key, words: say(`listen.${mode}`), off: !agent.call, run: () => this.listen(agent, mode) }),
      this.#one("pause", "p", agent.queues.length === 0 || agent.paused_in.length === agent.queues.length, () => this.#pause(agent)),
      this.#one("unpause", "u", !paused, () => command("unpause", this.#about(agent), say("command.unpause"))),
      this.#one("call_agent", "c", agent.state === "logged_out", () => command("call_agent", this.#about(agent), say("command.call_agent"))),
      this.#one("transfer", "f", !agent.call, () => this.#transfer(agent)),
      this.#one("take_over", "y", !agent.call, () => this.#ofCall("take_over", agent)),
      this.#one("hang_up", "x", !agent.call, () => this.#ofCall("hang_up", agent)),
      this.#one("pick", "n", agent.queues.length === 0 || Boolean(agent.call), () => this.#pickFor(agent)),
      this.#one("log_on", "g", false, () => this.#logOn(agent)),
      this.#one("log_off", "d", agent.queues.length === 0, () => this.#logOff(agent)),
      this.#one("penalty", "e", agent.queues.length === 0, () => this.#penalty(agent)),
    ];
    return list.filter(Boolean);
  }

  /** What may be done with this waiting caller. */
  ofCaller(id, caller) {
    const body = { pbx: caller.pbx, queue: caller.queue, caller: id.slice(`${caller.pbx}/${caller.queue}/`.length) };
    const mine = this.#one("pick", "y", false, () => askCommand("pick", body, { title: say("command.pick.mine"), dangerous: true }));
    const his = this.#one("pick", "n", false, () => this.#pickThis(body));
    return [mine && { ...mine, name: "pick_mine", words: say("command.pick.mine") }, his && { ...his, words: say("command.pick.give") }].filter(Boolean);
  }

  #one(name, key, off, run) {
    return this.known.kinds[name] ? { name, key, words: say(`command.${name}`), off, run } : null;
  }

  #about(agent) {
    return { pbx: agent.pbx, agent: memberOf(agent) };
  }

  #title(kind, agent) {
    return `${say(`command.${kind}`)} · ${harmless(agent.label)}`;
  }

  #ask(kind, agent, more, fields, bodyFrom) {
    askCommand(kind, { ...this.#about(agent), ...more }, { title: this.#title(kind, agent), fields, bodyFrom, dangerous: this.known.kinds[kind].dangerous });
  }

  #ofCall(kind, agent) {
    this.#ask(kind, agent, { call: agent.call });
  }

  #pause(agent) {
    const { away, work } = this.known.reasons;
    const options = [...away, ...work].map((reason) => [reason, sayOr(`reason.${reason}`, reason)]);
    const reason = options.length > 0 ? { options } : { maxlength: 40 };
    this.#ask("pause", agent, {}, [{ name: "reason", label: say("work.reason"), required: true, ...reason }, this.#queueField(agent.queues, say("command.queues.all"))]);
  }

  #queueField(queues, all) {
    const options = [...(all ? [["", all]] : []), ...queues.map((queue) => [queue, harmless(queue)])];
    return { name: "queue", label: say("crew.queue"), options, required: !all };
  }

  #transfer(agent) {
    const fields = [
      { name: "number", label: say("command.to.number"), maxlength: 40, hint: say("command.to.hint") },
      { name: "colleague", label: say("command.to.agent"), options: [["", "–"], ...this.#colleagues(agent)] },
    ];
    const bodyFrom = ({ number, colleague, ...more }) => ({ ...more, to: colleague ? `agent:${colleague}` : `number:${number ?? ""}` });
    this.#ask("transfer", agent, { call: agent.call }, fields, bodyFrom);
  }

  /** Those of the same exchange who are ready, by name; a list nobody has to search. */
  #colleagues(agent) {
    const ready = [...this.world().floor.agents.values()].filter((one) => one.pbx === agent.pbx && one.state === "ready" && one.id !== agent.id);
    return ready.sort((one, other) => (one.label < other.label ? -1 : 1)).slice(0, 200).map((one) => [memberOf(one), harmless(one.label)]);
  }

  #pickFor(agent) {
    this.#ask("pick", agent, {}, [this.#queueField(agent.queues)]);
  }

  #pickThis(body) {
    const agents = [...this.world().floor.agents.values()].filter((one) => one.pbx === body.pbx && one.state === "ready");
    const options = agents.sort((one, other) => (one.label < other.label ? -1 : 1)).slice(0, 200).map((one) => [memberOf(one), harmless(one.label)]);
    const fields = [{ name: "agent", label: say("crew.agent"), options: [["", "–"], ...options], required: true }];
    askCommand("pick", body, { title: say("command.pick.give"), fields, dangerous: true });
  }

  #logOn(agent) {
    const { floor, board } = this.world();
    const others = queuesOf(floor, board).map(([, queue]) => queue).filter((queue) => queue.pbx === agent.pbx && !agent.queues.includes(queue.name));
    this.#ask("log_on", agent, {}, [this.#queueField(others.map((queue) => queue.name)), { name: "penalty", label: say("crew.penalty"), type: "number", min: 0, max: 99, value: 0 }]);
  }

  #logOff(agent) {
    this.#ask("log_off", agent, {}, [this.#queueField(agent.queues, say("command.queues.all"))]);
  }

  #penalty(agent) {
    const first = agent.penalties?.[agent.queues[0]] ?? 0;
    this.#ask("penalty", agent, {}, [this.#queueField(agent.queues), { name: "penalty", label: say("crew.penalty"), type: "number", min: 0, max: 99, value: first, required: true }]);
  }
}
