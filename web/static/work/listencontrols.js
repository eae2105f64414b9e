/** What can be done while listening: the mode, one's own voice, how it sounds, and the end of it. */

import { attribute, make, show, write } from "../dom.js";
import { say } from "../i18n.js";
import { may } from "./frame.js";
import { button, part } from "./parts.js";

export const MODES = { listen: "l", whisper: "w", barge: "b" };

export class Controls {
  /** @param act does something and says what was refused */
  constructor(listening, act) {
    this.listening = listening;
    this.act = act;
    this.#modes();
    this.#voice();
    this.#sound();
    this.stop = button(say("listening.stop"), () => act(() => listening.stop()), { key: "Esc", kind: "listen-stop" });
    attribute(this.stop, "aria-keyshortcuts", "Escape");
  }

  get elements() {
    return [this.modes, this.voice, this.sound, this.stop];
  }

  #modes() {
    const able = Object.entries(MODES).filter(([mode]) => may(mode));
    this.buttons = new Map(able.map(([mode, key]) => [mode, button(say(`listening.${mode}`), () => this.choose(mode), { key })]));
    for (const [mode, one] of this.buttons) attribute(one, "title", `${say(`listening.${mode}.who`)} (${MODES[mode].toUpperCase()})`);
    this.modes = part("div.choice", { role: "group", "aria-label": say("listening.mode") }, ...this.buttons.values());
  }

  #voice() {
    this.talk = button(say("listening.talk"), null, { key: "Space" });
    const held = (on) => (event) => {
      if (on) event.target.setPointerCapture?.(event.pointerId);
      this.listening.talk(on);
    };
    this.talk.addEventListener("pointerdown", held(true));
    for (const kind of ["pointerup", "pointercancel", "lostpointercapture"]) this.talk.addEventListener(kind, held(false));
    this.talk.addEventListener("contextmenu", (event) => event.preventDefault()); // a long touch talks
    this.latch = button(say("listening.latch"), () => this.listening.latch(!this.listening.state.latched));
    this.voice = part("div.listen-voice", { role: "group", "aria-label": say("listening.own") }, this.talk, this.latch);
  }

  #sound() {
    this.sides = button("", () => this.listening.centre(!this.listening.state.centred));
    attribute(this.sides, "title", say("listening.sides.what"));
    this.volume = part("input", { type: "range", min: "0", max: "1.5", step: "0.05", value: "1", "aria-label": say("listening.volume"), title: say("listening.volume") });
    this.volume.addEventListener("input", () => this.listening.volume(Number(this.volume.value)));
    this.follows = button(say("listening.follows"), () => this.act(() => this.listening.follow(!this.listening.state.listening.follow)));
    attribute(this.follows, "title", say("listening.follow"));
    this.sound = make("div.listen-sound", this.sides, this.volume, this.follows);
  }

  /** Another mode; the one there is already is not asked for again. */
  choose(mode) {
    const { listening } = this.listening.state;
    const one = this.buttons.get(mode);
    if (one && !one.disabled && listening.mode !== mode) this.act(() => this.listening.change(mode));
  }

  paint({ listening, microphone, talking, latched, centred, volume }) {
    const browser = listening.way === "browser";
    for (const [mode, one] of this.buttons) {
      attribute(one, "aria-pressed", String(mode === listening.mode));
      one.disabled = !browser && listening.stage !== "on" && mode !== listening.mode; // while the phone rings
    }
    show(this.voice, microphone === "ready");
    attribute(this.talk, "aria-pressed", String(talking && !latched));
    attribute(this.latch, "aria-pressed", String(latched));
    show(this.sides, browser && this.listening.channels !== 1);
    write(this.sides, say(centred ? "listening.centred" : "listening.sides"));
    show(this.volume, browser);
    if (Number(this.volume.value) !== volume) this.volume.value = String(volume);
    attribute(this.follows, "aria-pressed", String(listening.follow));
  }
}
