/** The supervisors' console: queues, callers and alerts; who is doing what; and what is chosen, with all that can be done. */

import { attribute, make, write } from "./dom.js";
import { say, teach } from "./i18n.js";
import { everySecond } from "./ticker.js";
import { clockTime } from "./time.js";
import { Actions, memberOf } from "./work/actions.js";
import { AgentDetail } from "./work/agentdetail.js";
import { AlertDetail, SILENCED } from "./work/alertdetail.js";
import { Bells } from "./work/bells.js";
import { Breaches } from "./work/breaches.js";
import { CallDetail } from "./work/calldetail.js";
import { CallerDetail } from "./work/callerdetail.js";
import CONSOLE from "./work/consolewords.js";
import { Crew } from "./work/crew.js";
import { CrewBar } from "./work/crewbar.js";
import { alertsByAgent, deskKeys } from "./work/deskkeys.js";
import { Feed } from "./work/feed.js";
import { FloorPanel } from "./work/floorpanel.js";
import { keys, main, runs, titled } from "./work/frame.js";
import { Layout } from "./work/layout.js";
import { attach, listen } from "./work/listenbar.js";
import { Memory } from "./work/memory.js";
import { button, drillTag, nothing, part, section } from "./work/parts.js";
import { Silences } from "./work/silences.js";
import { trialButton } from "./work/trial.js";

teach(CONSOLE);
document.documentElement.dataset.console = ""; // a style sheet that looked for it itself would look at every row that comes

class Desk {
  constructor() {
    this.memory = new Memory(main.dataset.person);
    this.feed = new Feed(this);
    this.chosen = null;
    this.frame = 0;
  }

  start() {
    this.#lay();
    if (runs("commands")) this.actions.load().then(() => this.#show());
    this.feed.start();
    everySecond(() => this.feed.clock.now(), () => this.tick());
  }

  /* The page. */

  #lay() {
    this.#panels();
    this.spoken = part("p.quiet", { role: "alert" });
    this.bells = new Bells(this.spoken, (id) => this.select("alert", id));
    const help = keys(deskKeys(this));
    this.trial = trialButton();
    this.link = part("p.link-state", { role: "status" }, say("banner.first"));
    this.drill = drillTag();
    this.drill.hidden = true;
    const head = titled(say("desk.title"), this.drill, this.link, this.#search(), ...[this.trial].filter(Boolean), ...this.bells.buttons(), button(say("help.title"), help, { key: "?" }));
    this.layout = new Layout(this.panels, this.memory, () => this.enter());
    main.replaceChildren(head, ...this.layout.elements, this.#records(), this.spoken);
    if (runs("listening")) attach();
    const asked = new URLSearchParams(location.search).get("alert"); // where links in messages lead
    if (asked) this.select("alert", asked);
    else this.#show();
  }

  #panels() {
    this.actions = new Actions(() => this.feed, (agent, mode) => listen({ pbx: agent.pbx, id: memberOf(agent), label: agent.label, call: agent.call }, mode));
    this.floor = new FloorPanel(this.memory, this);
    const people = section("people", say("part.agents"));
    this.crew = new Crew(people, this.memory, { chosen: (id) => this.select("agent", id), open: (id) => this.#open("agent", id) });
    this.crewBar = new CrewBar(this.crew, this.memory);
    people.firstChild.after(this.crewBar.element);
    const detail = part("section.block.detail", { id: "chosen", "aria-label": say("desk.chosen") });
    this.details = { alert: new AlertDetail(part("div.pane", {})), agent: new AgentDetail(this), caller: new CallerDetail(this), call: new CallDetail(this) };
    this.panels = { floor: this.floor.element, agents: people, chosen: detail };
  }

  #records() {
    const breaches = section("breaches", say("breach.title"));
    const silences = section("silences", say("silence.title"));
    for (const one of [breaches, silences]) one.tabIndex = -1;
    this.silences = new Silences(silences);
    for (const one of [new Breaches(breaches), this.silences]) one.start();
    addEventListener(SILENCED, () => this.silences.refresh());
    return make("div.desk-records", silences, breaches);
  }

  #search() {
    this.search = part("input", { type: "search", "aria-label": say("desk.search"), placeholder: say("desk.search.hint") });
    this.search.addEventListener("input", () => {
      this.floor.search(this.search.value);
      this.crew.text = this.floor.text;
      this.crew.settle();
      this.#paint();
    });
    this.search.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") this.search.blur();
      if (key === "ArrowDown" || key === "Enter") this.crew.grid.focus();
    });
    return part("div.search", { role: "search" }, this.search);
  }

  /* What is chosen. */

  /** Chooses an alert, an agent or a waiting caller; what was chosen is where Escape leads back to. */
  select(kind, id) {
    if (this.chosen?.kind === "call") this.details.call.leave();
    this.chosen = id === null ? null : { kind, id };
    if (kind !== "alert" || this.floor.alerts.selected !== id) this.floor.alerts.select(kind === "alert" ? id : null);
    this.crew.select(kind === "agent" ? id : null);
    this.floor.callers.select(kind === "caller" ? id : null, false);
    this.#show();
    if (kind === "alert") this.details.alert.show(id, this.feed.floor.alerts.get(id), this.feed.clock.now());
  }

  openCall(pbx, call) {
    this.chosen = { kind: "call", id: `${pbx}/${call}`, from: this.chosen };
    this.#show();
    this.details.call.show(pbx, call);
    this.enter();
  }

  openItsCall() {
    this.panels.chosen.querySelector('[data-command="call"]')?.click();
  }

  move(steps) {
    const list = { agent: this.crew, caller: this.floor.callers }[this.chosen?.kind] ?? this.floor.alerts;
    list.move(steps);
  }

  #open(kind, id) {
    this.select(kind, id);
    this.enter();
  }

  /** Brings the keyboard to what is chosen. */
  enter() {
    this.layout.open("chosen");
    this.panels.chosen.querySelector("h2")?.focus();
  }

  goTo(panel, element) {
    this.layout.open(panel);
    element?.focus();
  }

  /** Back to where the chosen one was chosen: of a call to its agent, else to the list. */
  back() {
    const { chosen } = this;
    if (chosen?.from) return this.#open(chosen.from.kind, chosen.from.id);
    const list = { agent: ["agents", this.crew.grid], caller: ["floor", this.floor.callers.list], alert: ["floor", this.floor.alerts.list] }[chosen?.kind];
    return list && this.goTo(...list);
  }

  #show() {
    const { chosen } = this;
    const shown = chosen === null ? (this.hint ??= nothing(say("desk.choose"))) : (this.details[chosen.kind].pane?.element ?? this.details[chosen.kind].section);
    if (this.panels.chosen.firstChild !== shown) this.panels.chosen.replaceChildren(shown);
    if (this.feed.board && (chosen?.kind === "agent" || chosen?.kind === "caller")) this.details[chosen.kind].show(chosen.id, this.feed.floor, this.#world());
  }

  pressQueue(id) {
    this.memory.set({ queue: this.memory.get("queue") === id ? "" : id });
    this.crew.settle();
    this.#paint();
  }

  /* The stream. */

  fresh({ board }) {
    this.drill.hidden = !board.drill;
    attribute(document.documentElement, "data-rehearsing", board.drill ? "" : null);
    this.bells.hear(this.feed.floor.alerts, this.feed.clock.now());
    this.bells.asked(this.feed.floor.requests);
    this.broken = alertsByAgent(this.feed.floor.alerts);
    this.crew.load(this.feed.floor, this.#world());
    this.#paint();
  }

  changed(kinds, patch) {
    const moved = ["agents", "callers"].flatMap((kind) => [...Object.keys(patch.set?.[kind] ?? {}), ...(patch.del?.[kind] ?? [])]);
    if (kinds.has("alerts")) this.#alertsChanged(patch);
    if (kinds.has("requests")) this.bells.asked(this.feed.floor.requests);
    if (kinds.has("agents")) this.crew.update([...Object.keys(patch.set?.agents ?? {}), ...(patch.del?.agents ?? [])]);
    if (this.chosen?.kind === "call" && moved.length > 0) this.details.call.moved(moved);
    this.frame ||= requestAnimationFrame(() => this.#paint());
  }

  #alertsChanged(patch) {
    const { alerts } = this.feed.floor;
    this.bells.hear(alerts, this.feed.clock.now());
    this.broken = alertsByAgent(alerts);
    const held = [...alerts].map(([id, alert]) => `${id} ${alert.silenced_until ?? ""}`).filter((one) => !one.endsWith(" ")).join();
    if (held !== (this.held ?? "")) this.silences.refresh(); // somebody silenced an alert, or lifted that
    this.held = held;
    const { chosen } = this;
    if (chosen?.kind === "alert" && (patch.set?.alerts?.[chosen.id] || patch.del?.alerts?.includes(chosen.id))) this.details.alert.show(chosen.id, alerts.get(chosen.id), this.feed.clock.now());
  }

  message(message) {
    this.bells.message(message);
  }

  moved() {
    this.#paint();
  }

  /* What is shown. */

  #world() {
    const { figures } = this.feed.floor;
    return { ...this.feed.times(this.feed.clock.now()), figuresOf: (id) => figures.get(`agent:${id}`)?.today, breachesOf: (id) => this.broken?.get(id) ?? 0, listenersOf: (id) => this.feed.floor.agents.get(id)?.heard_by?.length };
  }

  #paint() {
    this.frame = 0;
    const world = this.#world();
    this.floor.paint(this.feed, world);
    if (this.feed.board) {
      this.crew.paint(world);
      this.crewBar.paint();
      this.#show();
    }
    this.#tell(this.feed.clock.now());
  }

  tick() {
    const [now, world] = [this.feed.clock.now(), this.#world()];
    this.floor.tick(this.feed, world);
    if (this.chosen) this.details[this.chosen.kind].tick?.(this.chosen.kind === "alert" ? now : world);
    if (this.feed.board) {
      this.crew.tick(world);
      this.crewBar.paint();
    }
    this.#tell(now);
  }

  #tell(now) {
    const lostAt = this.feed.lostAt(now);
    const { board, floor } = this.feed;
    const words = board == null ? say("banner.first") : lostAt == null ? say("desk.live", { time: clockTime(now) }) : say("banner.stream", { time: clockTime(lostAt) });
    write(this.link, words);
    attribute(this.link, "data-level", board && lostAt != null ? "critical" : null);
    const open = this.floor.told(floor.alerts);
    document.title = `${open > 0 ? `(${open}) ` : ""}${say("desk.title")} · Floorwatch`;
  }
}

new Desk().start();
