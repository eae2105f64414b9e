/**
 * The listening bar, at the foot of the page as long as somebody is listened to: who, how, how loud, how late, and what can be
 * done about it. `attach()` once per page; `listen(agent, mode)` asks and begins; `listenKeys(chosen)` are keys for a page's help.
 */

import { attribute, make, show, write } from "../dom.js";
import { pick, say, sayOr, teach } from "../i18n.js";
import { duration } from "../time.js";
import { may, told } from "./frame.js";
import { askListening } from "./listenask.js";
import { Controls } from "./listencontrols.js";
import { Listening } from "./listening.js";
import { Gauge } from "./gauge.js";
import { harmless } from "./harmless.js";
import { button, part } from "./parts.js";
import WORDS from "./listenwords.js";

teach(WORDS);

const ENDED_WELL = new Set(["call_ended", "stopped", "ended"]);
const KEYS = { l: "listen", w: "whisper", b: "barge" };
const writing = (target) => target.closest?.("input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable], dialog");

/** Whether the keyboard is in a pane whose Escape goes back. */
const leadsBack = () => Boolean(document.activeElement?.closest(".pane")?.querySelector('[data-command="back"]'));

/** What is wrong, in a sentence. */
function sentence(error) {
  if (error.microphone) return sayOr(`listening.microphone.${error.microphone}`, say("listening.microphone.failed"));
  return error instanceof DOMException ? say("listening.sound.failed") : error.message || say("work.failed");
}

class Bar {
  constructor() {
    this.names = new Map();
    this.listening = new Listening({
      changed: (state) => this.paint(state),
      heard: (heard) => this.hear(heard),
      ended: (one) => this.ended(one),
      refused: (words) => told(typeof words === "string" ? words : pick(words), "critical"),
    });
    this.controls = new Controls(this.listening, (action) => this.act(action));
    this.#lay();
    addEventListener("keydown", (event) => this.#key(event), { capture: true });
    addEventListener("keyup", (event) => this.#released(event), { capture: true });
    addEventListener("blur", () => this.listening.talk(false));
  }

  #lay() {
    this.title = make("strong.listen-title");
    this.about = make("span.listen-about");
    this.live = make("strong.listen-live");
    this.delay = make("span.listen-delay");
    this.gauges = { agent: new Gauge(say("listening.agent")), other: new Gauge(say("listening.other")), own: new Gauge(say("listening.own")) };
    this.sound = button(say("listening.sound"), () => this.listening.wake(), { kind: "first" });
    this.spoken = part("p.quiet", { role: "status", "aria-live": "polite" });
    const meters = make("div.listen-meters", ...Object.values(this.gauges).map(({ element }) => element), this.delay);
    const who = make("div.listen-who", this.title, this.about, this.live);
    this.element = part("section.listen-bar", { "aria-label": say("listening.name"), hidden: true }, who, meters, this.sound, ...this.controls.elements, this.spoken);
    new ResizeObserver(() => document.documentElement.style.setProperty("--foot", `${this.element.offsetHeight}px`)).observe(this.element);
  }

  who({ pbx, agent } = this.listening.state.listening) {
    return this.names.get(`${pbx}/${agent}`) ?? harmless(agent);
  }

  /** Does something; what was refused is said. */
  async act(action) {
    try {
      await action();
    } catch (error) {
      told(sentence(error), "critical");
    }
  }

  async ask(agent, mode) {
    const { listening } = this.listening.state;
    this.names.set(`${agent.pbx}/${agent.id}`, harmless(agent.label ?? agent.id));
    if (listening && listening.pbx === agent.pbx && listening.agent === agent.id) return this.act(() => this.listening.change(mode));
    const begin = (asked) => this.listening.begin(asked).catch((error) => Promise.reject(Object.assign(error, { message: sentence(error) })));
    return this.act(() => askListening({ ...agent, label: this.names.get(`${agent.pbx}/${agent.id}`) }, mode, begin, listening && this.who()));
  }

  /* What is shown. */

  paint(state) {
    const { listening } = state;
    show(this.element, listening !== null);
    attribute(document.documentElement, "data-listening", listening === null ? null : "");
    attribute(this.element, "data-live", state.talking ? "" : null);
    if (listening === null) {
      this.said = null;
      return;
    }
    const browser = listening.way === "browser";
    write(this.title, this.#title(state));
    this.tick();
    show(this.sound, state.silenced);
    write(this.live, this.#live(state));
    show(this.live, browser && listening.mode !== "listen");
    show(this.delay, browser);
    show(this.gauges.agent.element, browser);
    show(this.gauges.other.element, browser && this.listening.channels !== 1);
    show(this.gauges.own.element, state.microphone === "ready");
    this.gauges.agent.rename(say(this.listening.channels === 1 ? "listening.both" : "listening.agent"));
    this.controls.paint(state);
    this.#say(state);
    this.ticking ??= setInterval(() => this.tick(), 1000);
  }

  #title({ listening, line }) {
    const who = this.who();
    if (line === "lost") return say("listening.lost");
    if (listening.stage === "waiting") return say("listening.waiting", { who });
    if (listening.stage === "opening" && listening.way === "phone") return say(this.said?.startsWith(listening.id) ? "listening.ringing.again" : "listening.ringing");
    if (listening.stage === "opening") return say("listening.opening", { who });
    return `${say(`listening.${listening.mode}`)}: ${who}`;
  }

  #live({ listening, talking }) {
    return talking ? say(`listening.live.${listening.mode}`, { who: this.who() }) : say("listening.muted");
  }

  /** Said once at every change of who hears whom. */
  #say({ listening }) {
    if (listening.stage === "opening" && listening.way === "phone" && this.said?.startsWith(listening.id)) {
      this.said = `${listening.id} rings`;
      write(this.spoken, say("listening.ringing.again"));
    }
    if (listening.stage !== "on") return;
    const words = `listening.did.${listening.mode}`;
    const key = `${listening.id} ${words}`;
    if (key === this.said) return;
    this.said = key;
    write(this.spoken, say(listening.way === "phone" && listening.mode !== "listen" ? `${words}.phone` : words, { who: this.who() }));
  }

  tick() {
    const { listening } = this.listening.state;
    if (!listening) return;
    const time = duration(Date.now() / 1000 - listening.began_at);
    const purpose = listening.purpose && say(`listening.purpose.${listening.purpose}`);
    write(this.about, [say("listening.since", { time }), purpose].filter(Boolean).join(" · "));
  }

  hear({ own, levels, delay, bufferedMs }) {
    if (own != null) this.gauges.own.set(own);
    if (!levels) return;
    this.gauges.agent.set(levels[0]);
    this.gauges.other.set(levels[1]);
    write(this.delay, delay == null ? say("listening.delay.unknown") : say("listening.delay", { ms: delay }));
    attribute(this.delay, "title", say("listening.delay.what", { buffered: Math.round(bufferedMs ?? 0) }));
    attribute(this.delay, "data-ms", delay);
  }

  ended({ ended, said }) {
    const words = say(`listening.ended.${ended ?? "ended"}`, { said: harmless(said) || "–" });
    told(words.startsWith("listening.") ? say("listening.ended.ended") : words, ENDED_WELL.has(ended) ? "good" : "critical");
  }

  /* The keyboard. */

  #key(event) {
    const { listening } = this.listening.state;
    if (!listening || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || writing(event.target)) return;
    if (event.key === " ") this.#talk(event);
    else if (event.key === "Escape" && leadsBack()) return; // first back to the list, as the pane's button says
    else if (event.key === "Escape") this.#take(event, () => this.act(() => this.listening.stop()));
    else if (event.key.toLowerCase() in KEYS && !event.repeat) this.#take(event, () => this.controls.choose(KEYS[event.key.toLowerCase()]));
  }

  #take(event, action) {
    event.preventDefault();
    event.stopImmediatePropagation();
    action();
  }

  /** Space talks wherever the keyboard is, but for where it writes; Enter still presses buttons. */
  #talk(event) {
    if (this.listening.state.microphone !== "ready") return;
    this.#take(event, () => event.repeat || this.listening.talk(true));
  }

  #released(event) {
    if (event.key !== " " || !this.listening.on || this.listening.state.microphone !== "ready" || writing(event.target)) return;
    this.#take(event, () => this.listening.talk(false));
  }
}

let bar = null;

/** Puts the bar into the page; what this tab listened to before it was loaded anew goes on. */
export function attach(place = document.body) {
  if (bar || !may("listen")) return;
  bar = new Bar();
  place.append(bar.element);
  bar.act(() => bar.listening.resume());
}

/** Asks how and why, and listens to `agent`: `{pbx, id, label, call?}`; if he is listened to already, only the mode changes. */
export function listen(agent, mode = "listen") {
  attach();
  return bar?.ask(agent, mode);
}

/** Keys of a page where `chosen()` is the agent they are for, or null; only those that one may. */
export function listenKeys(chosen) {
  const able = Object.entries(KEYS).filter(([, mode]) => may(mode));
  const pressed = (mode) => () => chosen() && listen(chosen(), mode);
  return Object.fromEntries(able.map(([key, mode]) => [key, { words: say(`listening.${mode}`), action: pressed(mode) }]));
}
