/** The wallboard: wires the stream to the floor, and the floor to the parts of the page. */

import { Agents } from "./agents.js";
import { Appearance } from "./appearance.js";
import { Banner } from "./banner.js";
import { attribute, show, write } from "./dom.js";
import { Evacuation, orderOf } from "./evacuation.js";
import { applyPatch, emptyFloor, exchangesIn, floorOf } from "./floor.js";
import { Header } from "./header.js";
import { Headline } from "./headline.js";
import { Hearing } from "./hearing.js";
import { pick, say } from "./i18n.js";
import { Help, listen } from "./keys.js";
import { hidePointer, keepAwake, shiftPixels } from "./kiosk.js";
import { contextOf } from "./measures.js";
import { Queues } from "./queues.js";
import { Release } from "./release.js";
import { lostLinks, SILENCE_S, staleSince, stillClock } from "./staleness.js";
import { Stream } from "./stream.js";
import { everySecond } from "./ticker.js";
import { ticket } from "./ticket.js";
import { ServerClock } from "./time.js";
import { crewOf } from "./urgency.js";

const byId = (id) => document.getElementById(id);
/** A stream that comes back this soon was never missed: no hatching for the blink of a reload. */
const GRACE_S = 1;
/** Sums are shown in the next frame after a rest, and then no more often than an eye can read them. */
const REST_MS = 100;

class Board {
  constructor(page) {
    this.page = page;
    this.clock = new ServerClock();
    this.hearing = new Hearing();
    this.release = new Release(page.build);
    this.appearance = new Appearance(page);
    this.floor = emptyFloor();
    this.board = null;
    this.stream = "opening";
    this.brokenAt = null;
    this.backAt = null;
    this.header = new Header(byId("top"));
    this.headline = new Headline(byId("figures"));
    this.queues = new Queues(byId("queues"));
    this.agents = new Agents(byId("agents"));
    this.banner = new Banner(byId("bottom"));
    this.evacuation = new Evacuation(byId("evacuation"));
    this.help = new Help(byId("help"));
    this.owed = false;
    this.paintedAt = -Infinity;
  }

  start() {
    this.#nameParts();
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const query = new URLSearchParams({ board: this.page.board });
    const key = new URLSearchParams(location.search).get("key");
    if (key) query.set("key", key);
    const address = (more) => `${scheme}://${location.host}/ws?${new URLSearchParams({ ...Object.fromEntries(query), ...more })}`;
    const { replay } = this.page;
    new Stream(replay ? async () => address({ replay, ticket: await ticket() }) : address({}), this).start();
    everySecond(() => this.clock.now(), () => this.tick());
    listen({ help: this.help, language: () => this.#turn(() => this.appearance.nextLanguage()), theme: () => this.appearance.nextTheme() });
    hidePointer();
    shiftPixels(byId("stage"));
    keepAwake();
  }

  /* What the stream tells. */

  snapshot(message) {
    this.clock.observe(message.now);
    this.hearing.forget(message.now);
    this.release.seen(message.build);
    this.floor = floorOf(message.floor);
    const fresh = JSON.stringify(message.board) !== JSON.stringify(this.board);
    this.board = message.board;
    if (this.appearance.follow(message.board) || fresh) this.#build();
    this.#paint();
    this.agents.settle(true);
  }

  patch(message) {
    this.clock.observe(message.now);
    this.hearing.message(message.now, message.heard, exchangesIn(message));
    const lost = lostLinks(this.floor).length;
    applyPatch(this.floor, message);
    if (lost > 0 && lostLinks(this.floor).length === 0) this.backAt = this.clock.now();
    this.#touch(message.set?.agents ?? {});
    this.#paintSoon();
  }

  beat(message) {
    this.clock.observe(message.now);
    this.hearing.message(message.now, message.heard);
  }

  state(state) {
    const now = this.clock.now();
    if (state === "live") {
      if (this.#lostAt(now) != null) this.backAt = now;
      this.brokenAt = null;
    } else this.brokenAt ??= this.hearing.messageAt ?? now;
    this.stream = state;
    this.#paintSoon();
  }

  /* What is believed. */

  /** Since when our own stream is silent; null while it speaks. */
  #lostAt(now) {
    const heardAt = this.hearing.messageAt;
    if (this.brokenAt != null && now - this.brokenAt > GRACE_S) return this.brokenAt;
    return heardAt != null && now - heardAt > SILENCE_S ? heardAt : null;
  }

  #scene() {
    const now = this.clock.now();
    const lostAt = this.#lostAt(now);
    const still = stillClock(this.floor, now, lostAt);
    const isStale = (pbx) => staleSince(this.floor.pbxs.get(pbx), lostAt) != null;
    return { now, lostAt, still, isStale };
  }

  /* What is shown. */

  #build() {
    this.#nameParts();
    write(this.header.title, pick(this.board.title));
    document.title = pick(this.board.title);
    const root = document.documentElement;
    attribute(root, "data-drill", this.board.drill ? "" : null);
    attribute(root, "data-public", this.board.public ? "" : null);
    show(byId("agents"), !this.board.public);
    this.headline.build(this.board);
    this.queues.build(this.board);
    this.agents.build();
  }

  #nameParts() {
    for (const part of document.querySelectorAll("[data-say]")) write(part, say(part.dataset.say));
    for (const part of document.querySelectorAll("[data-say-label]")) attribute(part, "aria-label", say(part.dataset.sayLabel));
  }

  #turn(change) {
    change();
    this.help.build();
    if (!this.board) return this.#nameParts();
    this.#build();
    this.#paint();
    this.agents.settle(true);
    return undefined;
  }

  /** People's tiles at once, for they are what a patch is about; sums, lines and charts follow together, however many patches came. */
  #touch(agents) {
    this.agents.touch(agents, this.#titleOf, this.#times(this.#scene()));
  }

  #titleOf = (agent) => this.floor.queues.get(`${agent.pbx}/${agent.queue}`)?.title ?? "";

  #paintSoon() {
    if (this.owed) return;
    this.owed = true;
    const rest = this.paintedAt + REST_MS - performance.now();
    if (rest > 0) setTimeout(() => this.#paintNext(), rest);
    else this.#paintNext();
  }

  #paintNext() {
    requestAnimationFrame(() => {
      this.owed = false;
      this.paintedAt = performance.now();
      this.#paint();
    });
  }

  #paint() {
    const scene = this.#scene();
    if (this.board) {
      const { board, floor } = this;
      this.crew = crewOf(floor.agents);
      this.header.paint(floor, board, scene.now, scene.isStale);
      this.#divide();
      this.agents.paint(this.crew, this.#titleOf, this.#times(scene));
      this.#figures(scene);
      this.agents.settle();
    }
    this.#tell(scene);
  }

  /** The more agents, the more of the width is theirs. */
  #divide() {
    const count = this.crew.length;
    this.queues.shareWith(count);
    const part = count > 120 ? 1.6 : count > 40 ? 1.08 : 1;
    if (this.part !== part) byId("board").style.setProperty("--agent-part", `${part}fr`);
    this.part = part;
  }

  #times({ still, isStale }) {
    const offsetOf = (pbx) => this.floor.pbxs.get(pbx)?.clock_offset_s;
    return { nowOf: still, offsetOf, isStale, lateRing: this.board.late_ring_s };
  }

  #figures({ still, isStale }) {
    const context = contextOf(this.floor, this.board, this.crew, still);
    const anyStale = context.queues.some(([, queue]) => isStale(queue.pbx)) || (this.floor.pbxs.size > 0 && [...this.floor.pbxs.keys()].every(isStale));
    this.headline.paint(context, anyStale);
    this.queues.paint(context, isStale);
  }

  #tell({ now, lostAt }) {
    this.evacuation.paint(orderOf(this.floor.notices, now));
    this.banner.paint({ ...this, now, lostAt, released: this.release.waiting });
  }

  tick() {
    const scene = this.#scene();
    this.header.tick(scene.now, this.hearing.ago(scene.now, this.floor.pbxs));
    if (this.board) {
      this.header.paint(this.floor, this.board, scene.now, scene.isStale);
      this.#figures(scene);
      this.agents.tick(this.#times(scene));
    }
    this.#tell(scene);
  }
}

const { board, build, lang, theme, replay } = document.body.dataset;
new Board({ board, build, lang, theme, replay }).start();
