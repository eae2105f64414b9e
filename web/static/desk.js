/** The supervisors' desk: alerts as they come, who is doing what, and what is chosen with all that is known of it. */

import { isOpen } from "./alerts.js";
import { attribute, make, write } from "./dom.js";
import { applyPatch, emptyFloor, floorOf } from "./floor.js";
import { pick, say } from "./i18n.js";
import { SILENCE_S, staleSince, stillClock } from "./staleness.js";
import { Stream } from "./stream.js";
import { ticket } from "./ticket.js";
import { everySecond } from "./ticker.js";
import { clockTime, ServerClock } from "./time.js";
import { AlertDetail, acknowledge, askResolve, askSilence, SILENCED } from "./work/alertdetail.js";
import { AlertList } from "./work/alertlist.js";
import { Bell, newly, ringKey } from "./work/bell.js";
import { Breaches } from "./work/breaches.js";
import { choice, goTo } from "./work/controls.js";
import { Crew } from "./work/crew.js";
import { keys, main, may, titled, told } from "./work/frame.js";
import { button, drillTag, part, section } from "./work/parts.js";
import { QueueList } from "./work/queuelist.js";
import { Silences } from "./work/silences.js";
import { trialButton } from "./work/trial.js";

const SEVERITIES = ["info", "warn", "crit"];
const HOLDERS = ["all", "open", "taken"];

class Desk {
  constructor() {
    this.clock = new ServerClock();
    this.floor = emptyFloor();
    this.board = null;
    this.heardAt = null;
    this.state_ = "opening";
    this.known = null;
    this.bell = new Bell();
    this.frame = 0;
  }

  start() {
    this.#lay();
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const address = async () => `${scheme}://${location.host}/ws?${new URLSearchParams({ desk: "1", ticket: await ticket() })}`;
    new Stream(address, this).start();
    everySecond(() => this.clock.now(), () => this.tick());
  }

  /* The page. */

  #lay() {
    this.trial = trialButton();
    const help = keys(this.#keys());
    this.link = part("p.link-state", { role: "status" }, say("banner.first"));
    this.drill = drillTag();
    this.drill.hidden = true;
    const aid = button(say("help.title"), help, { key: "?" });
    const head = titled(say("desk.title"), this.drill, this.link, ...[this.trial].filter(Boolean), ...this.#bells(), aid);
    const list = part("ul.alert-list", { role: "listbox", tabindex: "0", "aria-label": say("part.alerts") });
    const empty = make("p.nothing");
    this.count = make("span.counted");
    const alerts = section("alerts", say("part.alerts"), this.#filters(), list, empty);
    alerts.firstChild.append(this.count);
    this.spoken = part("p.quiet", { role: "alert" });
    const queues = part("ul.queue-list", {});
    this.queueList = new QueueList(queues);
    const people = part("div", {});
    const floor = make("div.desk-floor", section("queues", say("part.queues"), queues), section("people", say("part.agents"), people));
    const detail = part("section.block.detail", { "aria-label": say("desk.chosen") });
    const breaches = section("breaches", say("breach.title"));
    const silences = section("silences", say("silence.title"));
    for (const one of [breaches, silences]) one.tabIndex = -1;
    main.replaceChildren(head, part("div.desk", {}, alerts, detail, floor), make("div.desk-records", silences, breaches), this.spoken);
    this.breaches = new Breaches(breaches);
    this.silences = new Silences(silences);
    for (const one of [this.breaches, this.silences]) one.start();
    addEventListener(SILENCED, () => this.silences.refresh());
    this.detail = new AlertDetail(detail);
    this.list = new AlertList(list, empty, (id) => this.#chosen(id));
    this.crew = new Crew(people);
    const asked = new URLSearchParams(location.search).get("alert"); // where links in messages lead
    if (asked) this.list.select(asked);
    else this.detail.show(null);
  }

  #keys() {
    const on = (right, action) => () => may(right) && this.list.selected && action(this.list.selected);
    return {
      "/": { words: say("desk.search"), action: () => this.search.focus() },
      a: { words: say("alert.acknowledge"), action: on("acknowledge", acknowledge) },
      s: { words: say("alert.silence"), action: on("silence", askSilence) },
      r: { words: say("alert.resolve"), action: on("acknowledge", askResolve) },
      o: { words: say("incidents.open"), action: () => this.detail.openIncident() },
      h: { words: say("silence.go"), action: () => goTo("silences") },
      b: { words: say("breach.go"), action: () => goTo("breaches") },
      ...(this.trial ? { t: { words: say("trial.name"), action: () => this.trial.click() } } : {}),
      m: { words: say("desk.mute"), action: () => this.mute.click() },
      ArrowDown: { words: say("desk.next"), action: () => this.list.move(1) },
      ArrowUp: { words: say("desk.previous"), action: () => this.list.move(-1) },
    };
  }

  #filters() {
    this.search = part("input", { type: "search", "aria-label": say("desk.search"), placeholder: say("desk.search.hint") });
    const change = (filters) => {
      Object.assign(this.list.filters, filters);
      this.list.paint(this.floor.alerts, this.clock.now());
    };
    this.search.addEventListener("input", () => {
      change({ text: this.search.value });
      this.crew.filter = this.search.value;
      this.#paint();
    });
    this.search.addEventListener("keydown", ({ key }) => key === "Escape" && this.search.blur());
    const severity = choice(say("desk.filter.severity"), SEVERITIES, (name) => say(`filter.${name}`), (least) => change({ least }));
    const holder = choice(say("desk.filter.holder"), HOLDERS, (name) => say(`filter.${name}`), (who) => change({ holder: who }));
    return part("div.filters", { role: "search" }, this.search, severity, holder);
  }

  #bells() {
    const words = () => say(this.bell.muted ? "desk.unmute" : "desk.mute");
    this.mute = button(words(), () => {
      this.bell.mute(!this.bell.muted);
      this.mute.firstChild.data = words();
      attribute(this.mute, "aria-pressed", String(this.bell.muted));
    }, { key: "m" });
    attribute(this.mute, "aria-pressed", String(this.bell.muted));
    if (this.bell.permission !== "default") return [this.mute];
    const allow = button(say("desk.notify"), async () => {
      const answer = await this.bell.allow();
      told(say(`desk.notify.${answer}`), answer === "granted" ? "good" : "warn");
      allow.remove();
    });
    return [allow, this.mute];
  }

  /* The stream. */

  snapshot(message) {
    this.clock.observe(message.now);
    this.heardAt = message.now;
    this.floor = floorOf(message.floor);
    this.board = message.board;
    this.drill.hidden = !message.board.drill;
    attribute(document.documentElement, "data-rehearsing", message.board.drill ? "" : null);
    this.#ring();
    this.#paint();
  }

  patch(message) {
    this.clock.observe(message.now);
    this.heardAt = message.now;
    const changed = applyPatch(this.floor, message);
    if (changed.has("alerts")) {
      this.#ring();
      this.#hush();
      if (message.set?.alerts?.[this.list.selected] || message.del?.alerts?.includes(this.list.selected)) this.#chosen(this.list.selected);
    }
    this.frame ||= requestAnimationFrame(() => this.#paint());
  }

  beat(message) {
    this.clock.observe(message.now);
    this.heardAt = message.now;
  }

  /** Somebody is told himself: it rings, and its title stands at the foot of the page for a while. */
  message({ title, body, ...message }) {
    const words = pick(title);
    const choose = message.alert ? () => this.list.select(message.alert) : null;
    if (!this.bell.tell({ ...message, title: words, body: pick(body) }, choose)) return;
    told(words, ["crit", "emergency"].includes(message.severity) && message.occasion !== "resolved" ? "critical" : "warn");
  }

  state(state) {
    this.state_ = state;
    if (state === "refused") location.reload(); // signed out, locked, or no longer of this right: the page says which
    this.#paint();
  }

  /* What is shown. */

  #ring() {
    const now = this.clock.now();
    const fresh = this.known ? newly(this.known, this.floor.alerts, now) : [];
    this.known = new Map([...this.floor.alerts].map(([id, alert]) => [id, ringKey(alert)]));
    for (const [id, alert] of fresh) {
      const title = `${alert.subject ?? ""} ${pick(alert.name)}`.trim();
      this.bell.ring({ id, severity: alert.severity, title, body: pick(alert.text), drill: alert.drill }, () => this.list.select(id));
      write(this.spoken, `${say(`severity.${alert.severity}`)}: ${title}`);
    }
  }

  /** Somebody silenced an alert, or lifted that: the list of silences is another one. */
  #hush() {
    const held = [...this.floor.alerts].map(([id, alert]) => `${id} ${alert.silenced_until ?? ""}`).filter((one) => !one.endsWith(" ")).join();
    if (held !== (this.held ?? "")) this.silences.refresh();
    this.held = held;
  }

  #chosen(id) {
    this.detail.show(id, this.floor.alerts.get(id), this.clock.now());
  }

  #lostAt(now) {
    return this.state_ !== "live" || (this.heardAt != null && now - this.heardAt > SILENCE_S) ? this.heardAt : null;
  }

  #times(now) {
    const lostAt = this.#lostAt(now);
    return {
      nowOf: stillClock(this.floor, now, lostAt),
      offsetOf: (pbx) => this.floor.pbxs.get(pbx)?.clock_offset_s,
      isStale: (pbx) => staleSince(this.floor.pbxs.get(pbx), lostAt) != null,
      lateRing: this.board?.late_ring_s,
    };
  }

  #paint() {
    this.frame = 0;
    const now = this.clock.now();
    this.list.paint(this.floor.alerts, now);
    if (this.board) this.crew.paint(this.floor.agents, this.#times(now));
    if (this.board) this.queueList.paint(this.floor, this.board, this.#times(now));
    this.tick();
  }

  tick() {
    const now = this.clock.now();
    this.list.tick(now);
    this.detail.tick(now);
    this.crew.tick(this.#times(now));
    if (this.board) this.queueList.paint(this.floor, this.board, this.#times(now));
    this.#tell(now);
  }

  #tell(now) {
    const lostAt = this.#lostAt(now);
    const words = this.board == null ? say("banner.first") : lostAt == null ? say("desk.live", { time: clockTime(now) }) : say("banner.stream", { time: clockTime(lostAt) });
    write(this.link, words);
    attribute(this.link, "data-level", this.board && lostAt != null ? "critical" : null);
    const open = [...this.floor.alerts.values()].filter(isOpen).length;
    write(this.count, say("desk.open", { open, all: this.floor.alerts.size }));
    document.title = `${open > 0 ? `(${open}) ` : ""}${say("desk.title")} · Floorwatch`;
  }
}

new Desk().start();
