/** The left panel: what agents ask for (on top, while they do), queues, callers who wait, alerts, notices. */

import { isOpen } from "../alerts.js";
import { attribute, make, show, write } from "../dom.js";
import { say } from "../i18n.js";
import { AlertList } from "./alertlist.js";
import { CallerList } from "./callerlist.js";
import { choice } from "./controls.js";
import { runs } from "./frame.js";
import { Notices } from "./notices.js";
import { part, section } from "./parts.js";
import { QueueList } from "./queuelist.js";
import { open, Requests } from "./requests.js";

const SEVERITIES = ["info", "warn", "crit"];
const HOLDERS = ["all", "open", "taken"];
/** A caller who waits longer than this is worth a look, where the board says nothing else. */
const SLOW_S = 60;

export class FloorPanel {
  /** @param memory what is remembered @param desk `{select(kind, id), enter(), pressQueue(id)}` */
  constructor(memory, desk) {
    this.memory = memory;
    this.text = "";
    this.asked = runs("requests") ? section("asked", say("ask.title")) : null;
    this.requests = this.asked && new Requests(this.asked);
    if (this.requests) this.requests.list.tabIndex = 0; // it scrolls
    const queues = section("queues", say("part.queues"));
    this.queues = new QueueList(queues, (id) => desk.pressQueue(id));
    const callers = section("callers", say("part.callers"));
    this.callers = new CallerList(callers, (id) => desk.select("caller", id), () => desk.enter());
    const notices = runs("requests") ? section("notices", say("notice.title")) : null;
    this.notices = notices && new Notices(notices);
    this.element = part("div.panel-floor", { id: "floor" }, this.asked, queues, callers, this.#alerts(desk), notices);
    if (this.asked) show(this.asked, false);
  }

  #alerts(desk) {
    const list = part("ul.alert-list", { role: "listbox", tabindex: "0", "aria-label": say("part.alerts") });
    const empty = make("p.nothing");
    this.alerts = new AlertList(list, empty, (id) => desk.select("alert", id), () => desk.enter());
    this.count = make("span.counted");
    const change = (filters) => {
      Object.assign(this.alerts.filters, filters);
      this.alerts.paint(this.alerts.alerts ?? new Map(), this.now ?? 0);
    };
    const severity = choice(say("desk.filter.severity"), SEVERITIES, (name) => say(`filter.${name}`), (least) => change({ least }));
    const holder = choice(say("desk.filter.holder"), HOLDERS, (name) => say(`filter.${name}`), (who) => change({ holder: who }));
    const whole = section("alerts", say("part.alerts"), part("div.filters", {}, severity, holder), list, empty);
    whole.firstChild.append(this.count);
    return whole;
  }

  /** Shows only what has these words in it. */
  search(text) {
    this.text = text.trim().toLowerCase();
    this.alerts.filters.text = text;
  }

  /** Shows the floor of the feed as it is now. */
  paint(feed, world) {
    const now = (this.now = feed.clock.now());
    this.alerts.paint(feed.floor.alerts, now);
    if (!feed.board) return;
    this.#lines(feed, world);
    this.#asks(feed.floor, now);
  }

  #lines({ floor, board }, world) {
    const queue = this.memory.get("queue");
    this.queues.paint(floor, board, world, queue);
    this.callers.paint(floor.callers, { queue, text: this.text }, world, board.thresholds?.longest?.warn ?? SLOW_S);
  }

  /** Who owes a reason for hanging up is among the alerts; on top stands who asks for something. */
  #asks({ requests: all, notices }, now) {
    if (!this.requests) return;
    const requests = new Map([...all].filter(([, one]) => one.kind !== "reason"));
    const waiting = open(requests);
    this.requests.paint(requests, now);
    this.notices.paint(notices, now);
    show(this.asked, requests.size > 0);
    attribute(this.asked, "data-pressing", waiting.length > 0 ? (waiting.some((one) => one.about === "abusive") ? "critical" : "notice") : null);
  }

  /** Counts on. */
  tick(feed, world) {
    this.alerts.tick(feed.clock.now());
    if (feed.board) this.#lines(feed, world);
    this.requests?.tick(feed.clock.now());
    this.notices?.tick(feed.clock.now());
  }

  /** Says how many alerts nobody has; how many these are. */
  told(alerts) {
    const waiting = [...alerts.values()].filter(isOpen).length;
    write(this.count, say("desk.open", { open: waiting, all: alerts.size }));
    return waiting;
  }
}
