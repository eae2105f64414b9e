/**
 * The agent's own page, beside whatever else he works with: ask for help, ask to leave, say why one hung up first, read
 * what leaders have posted. Few, large, calm; live by a stream of his own, nothing is asked for again and again.
 */

import { attribute, make, write } from "./dom.js";
import { applyPatch, emptyFloor, floorOf } from "./floor.js";
import { pick, say, sayOr, teach } from "./i18n.js";
import { SILENCE_S } from "./staleness.js";
import { Stream } from "./stream.js";
import { ticket } from "./ticket.js";
import { everySecond } from "./ticker.js";
import { ServerClock, clockTime } from "./time.js";
import { tell } from "./work/api.js";
import { Block } from "./work/block.js";
import { act, keys, main, titled } from "./work/frame.js";
import { duration, short } from "./work/moments.js";
import { button, drillTag, field, nothing, part, section, tag } from "./work/parts.js";
import { clock, outcome, title } from "./work/requests.js";
import WORDS from "./work/seatwords.js";

teach(WORDS);

const ABOUT = ["question", "abusive", "technical"];
const MINUTES = [5, 10, 15, 30];
const LIVES = ["open", "answered", "approved", "left"];

/** His latest request of this kind: one that lives before one that ended just now. Pure. */
export function latest(requests, kind) {
  const mine = [...requests].filter(([, one]) => one.kind === kind);
  mine.sort(([, a], [, b]) => LIVES.includes(b.stage) - LIVES.includes(a.stage) || b.asked_at - a.asked_at);
  return mine[0] ?? [null, null];
}

class Seat {
  constructor() {
    this.clock = new ServerClock();
    this.floor = emptyFloor();
    this.seat = null;
    this.heardAt = null;
    this.state_ = "opening";
    this.asking = null;
    this.times = [];
    this.frame = 0;
  }

  start() {
    this.#lay();
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const address = async () => `${scheme}://${location.host}/ws?${new URLSearchParams({ mine: "1", ticket: await ticket() })}`;
    new Stream(address, this).start();
    everySecond(() => this.clock.now(), () => this.tick());
  }

  /* The page. */

  #lay() {
    const reasons = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [String(i + 1), { words: say("seat.key.reason", { n: i + 1 }), action: () => this.#pressReason(i) }]));
    const help = keys({
      h: { words: say("seat.help"), action: () => this.#ask("help") },
      l: { words: say("seat.leave"), action: () => this.#ask("leave") },
      r: { words: say("seat.key.read"), action: () => this.notices.element.querySelector("button")?.click() },
      ...reasons,
    });
    this.link = part("p.link-state", { role: "status" }, say("banner.first"));
    this.drill = drillTag();
    this.drill.hidden = true;
    this.mine = part("p.seat-state", {});
    const head = titled(say("seat.title"), this.drill, this.mine, this.link, button(say("help.title"), help, { key: "?" }));
    const place = (what, attributes = {}) => part(what, attributes);
    this.listened = new Block(place("div.seat-listened", { role: "status" }), (rows) => rows.map((row) => this.#listener(row)));
    this.owed = new Block(place("div", { "aria-live": "assertive" }), (rows) => rows.map((row) => this.#owedRow(row)));
    this.help = new Block(place("section.seat-ask", { "aria-label": say("seat.help") }), (given) => this.#helpPart(given));
    this.leave = new Block(place("section.seat-ask", { "aria-label": say("seat.leave") }), (given) => this.#leavePart(given));
    this.notices = new Block(place("div.seat-notices"), (rows) => this.#noticeRows(rows));
    this.breaches = new Block(place("div"), (rows) => this.#breachRows(rows));
    main.replaceChildren(
      head,
      this.listened.element,
      this.owed.element,
      part("div.seat-asks", {}, this.help.element, this.leave.element),
      section("notices", say("notice.title"), this.notices.element),
      section("breaches", say("seat.breaches"), this.breaches.element, part("p", {}, part("a", { href: "/me" }, say("seat.record")))),
    );
  }

  #ask(kind) {
    if (!this.seat?.agent) return;
    this.asking = this.asking === kind ? null : kind;
    this.#paint();
    if (this.asking) this[kind].element.querySelector("button, input")?.focus();
  }

  /* Why he hung up first. */

  #owedRow([id, one]) {
    const left = make("span.seat-left");
    this.times.push([left, (now) => say("seat.left", { time: duration(Math.max(0, one.until - now)) })]);
    const give = (reason) => act(() => tell(`/api/v1/requests/${encodeURIComponent(id)}/reason`, { reason }), say("seat.did.reason"));
    const choices = this.seat.end_reasons.map((reason, i) => button(say(`end.${reason}`), () => give(reason), { key: String(i + 1) }));
    const about = [one.queue, one.talk_s == null ? null : say("seat.talked", { time: duration(one.talk_s) })].filter(Boolean).join(" · ");
    const heading = part("h2", { id: `owed-${id}` }, say("seat.why"));
    return part("section.block.seat-owed", { "aria-labelledby": heading.id, "data-id": id }, heading, part("p", {}, `${clockTime(one.hung_up_at)} · ${about} `, left), part("div.seat-reasons", {}, ...choices));
  }

  #pressReason(i) {
    this.owed.element.querySelectorAll(".seat-reasons button")[i]?.click();
  }

  /* Help. */

  #helpPart({ one: [id, one], asking, known }) {
    const lives = one && ["open", "answered"].includes(one.stage);
    const big = part("button.seat-big", { type: "button", "aria-expanded": String(asking), "aria-keyshortcuts": "h", disabled: !known }, make("strong", say("seat.help")), make("kbd", "H"));
    big.addEventListener("click", () => this.#ask("help"));
    if (lives) return [this.#standing(id, one, say(one.stage === "open" ? (one.escalated_at ? "seat.help.escalated" : "seat.help.waits") : "seat.help.answered")), one.about === "abusive" ? null : this.#abusive()];
    if (!asking) return [big, ...this.#over(one)];
    const text = field({ name: "text", label: say("seat.help.text"), maxlength: 200 });
    const send = (about) => this.#send("/api/v1/requests/help", { about, text: text.querySelector("input").value }, say("seat.did.help"));
    const choices = ABOUT.map((about) => button(say(`about.${about}.long`), () => send(about), { kind: about === "abusive" ? "alarm" : null }));
    return [big, part("div.seat-choices", {}, ...choices), text];
  }

  #abusive() {
    return button(say("about.abusive.long"), () => this.#send("/api/v1/requests/help", { about: "abusive" }, say("seat.did.help")));
  }

  /* Leave. */

  #leavePart({ one: [id, one], asking, known }) {
    const lives = one && ["open", "approved", "left"].includes(one.stage);
    if (lives) return [this.#standing(id, one, say(`seat.leave.${one.stage}`))];
    const big = part("button.seat-big", { type: "button", "aria-expanded": String(asking), "aria-keyshortcuts": "l", disabled: !known }, make("strong", say("seat.leave")), make("kbd", "L"));
    big.addEventListener("click", () => this.#ask("leave"));
    if (!asking) return [big, ...this.#over(one)];
    const minutes = field({ name: "minutes", label: say("seat.leave.minutes"), options: MINUTES.map((n) => [String(n), say("seat.minutes", { n })]), value: "5" });
    const send = (reason) => this.#send("/api/v1/requests/leave", { reason, minutes: Number(minutes.querySelector("select").value) }, say("seat.did.leave"));
    const choices = this.seat.away_reasons.map((reason) => button(sayOr(`reason.${reason}`, reason), () => send(reason)));
    return [big, minutes, part("div.seat-choices", {}, ...choices)];
  }

  /** What he asked for stands: what it is, how long, what was said, and the way out. */
  #standing(id, one, words) {
    const time = make("time.seat-time");
    this.times.push([time, (now) => clock(one, now)]);
    const said = outcome(one);
    const undo = one.stage === "left" ? null : button(say("seat.withdraw"), () => this.#send(`/api/v1/requests/${encodeURIComponent(id)}/withdraw`, {}, say("seat.did.withdrawn")));
    const level = one.stage === "open" ? (one.about === "abusive" || one.escalated_at ? "warn" : "notice") : "good";
    return part("div.seat-standing", { "data-level": level, role: "status" }, tag(level, words), make("p", title(one)), ...(said ? [make("p.seat-said", said)] : []), time, undo);
  }

  /** What he asked for last is over: what became of it. */
  #over(one) {
    return one ? [part("p.seat-over", { role: "status" }, `${title(one)}: ${outcome(one) || say(`stage.${one.stage}`)}`)] : [];
  }

  async #send(path, body, words) {
    if (await act(() => tell(path, body), words)) this.asking = null;
    this.#paint();
  }

  /* What he is told. */

  #noticeRows(rows) {
    if (rows.length === 0) return [nothing(say("notice.none"))];
    return rows.map(([id, one]) => {
      const read = () => act(() => tell(`/api/v1/notices/${encodeURIComponent(id)}/read`));
      const by = make("span.asked-line", say("notice.by", { who: one.by, until: short(one.until) }));
      return part("article.asked", { "data-level": one.read ? null : one.level, "data-over": one.read ? "" : null }, tag(one.read ? null : one.level, pick(one.text)), by, one.read ? make("span.asked-line", say("notice.read")) : part("div.actions", {}, button(say("notice.read"), read)));
    });
  }

  #breachRows(rows) {
    if (rows.length === 0) return [nothing(say("seat.breaches.none"))];
    const line = (one) => [clockTime(one.began_at), one.queue, one.excused_by ? say("seat.excused") : null, one.disputed ? say("seat.disputed") : null].filter(Boolean).join(" · ");
    return [part("ul.asked-list", {}, ...rows.map(([, one]) => part("li.asked", { "data-over": one.excused_by ? "" : null }, make("strong", `${one.rule} ${pick(one.name)}`), make("span.asked-line", line(one)))))];
  }

  #listener([, one]) {
    return tag("notice", say("seat.listened", { who: one.by, mode: sayOr(`seat.mode.${one.mode}`, one.mode) }));
  }

  /* The stream. */

  snapshot(message) {
    this.clock.observe(message.now);
    this.heardAt = message.now;
    this.floor = floorOf(message.floor);
    this.seat = message.board;
    this.drill.hidden = !message.board.drill;
    this.#paint();
  }

  patch(message) {
    this.clock.observe(message.now);
    this.heardAt = message.now;
    applyPatch(this.floor, message);
    this.frame ||= requestAnimationFrame(() => this.#paint());
  }

  beat(message) {
    this.clock.observe(message.now);
    this.heardAt = message.now;
  }

  state(state) {
    this.state_ = state;
    if (state === "refused") location.reload(); // signed out or locked: the page says which
    this.tick();
  }

  #paint() {
    this.frame = 0;
    if (!this.seat) return;
    const { requests, notices, breaches, listenings } = this.floor;
    const known = this.seat.agent != null;
    this.times = this.times.filter(([node]) => node.isConnected);
    this.listened.paint([...listenings]);
    this.owed.paint([...requests].filter(([, one]) => one.kind === "reason" && one.stage === "open"));
    this.help.paint({ one: latest(requests, "help"), asking: this.asking === "help", known });
    this.leave.paint({ one: latest(requests, "leave"), asking: this.asking === "leave", known });
    this.notices.paint([...notices].sort(([, a], [, b]) => a.read - b.read || b.posted_at - a.posted_at));
    this.breaches.paint([...breaches].sort(([, a], [, b]) => b.began_at - a.began_at));
    this.tick();
  }

  tick() {
    const now = this.clock.now();
    for (const [node, words] of this.times) write(node, words(now));
    const lost = this.state_ !== "live" || (this.heardAt != null && now - this.heardAt > SILENCE_S + 2);
    const words = this.seat == null ? say("banner.first") : lost ? say("banner.stream", { time: clockTime(this.heardAt) }) : say("desk.live", { time: clockTime(now) });
    write(this.link, words);
    attribute(this.link, "data-level", this.seat && lost ? "critical" : null);
    if (!this.seat) return;
    const states = [...this.floor.agents.values()].filter((one) => one.state !== "logged_out").map((one) => sayOr(`state.${one.state}`, one.state));
    write(this.mine, this.seat.agent == null ? say("seat.unknown") : [this.seat.number ?? this.seat.name, states[0] ?? say("state.logged_out")].join(" · "));
    const unread = [...this.floor.notices.values()].filter((one) => !one.read).length;
    document.title = `${unread ? `(${unread}) ` : ""}${say("seat.title")} · Floorwatch`;
  }
}

new Seat().start();
