/** Tells a supervisor who looks elsewhere: a tone, and a message of the browser where he allowed it. */

import { say } from "../i18n.js";

const MUTED = "floor.muted";
/** Tones by severity: frequencies in Hz, one after the other. Two tones for critical, a rising call for emergencies. */
const TONES = { info: [659], warn: [659], crit: [784, 587], emergency: [587, 784, 988, 587, 784, 988] };
const TONE_S = 0.16;
/** The alert and the message about it come one after the other, in any order: they ring once. */
const ONCE_MS = 8000;

export class Bell {
  constructor(world = window) {
    this.world = world;
    this.muted = world.localStorage?.getItem(MUTED) === "1";
    this.context = null;
    this.rung = new Map();
    // Browsers let a page sound only once somebody has touched it.
    for (const kind of ["pointerdown", "keydown"]) world.addEventListener(kind, () => this.#wake(), { once: true });
  }

  /** Whether the browser would show messages: granted, denied, default, or none where it cannot. */
  get permission() {
    return this.world.Notification?.permission ?? "none";
  }

  async allow() {
    return this.world.Notification?.requestPermission() ?? "none";
  }

  mute(muted) {
    this.muted = muted;
    this.world.localStorage?.setItem(MUTED, muted ? "1" : "0");
    if (!muted) this.sound("crit");
  }

  #wake() {
    const Context = this.world.AudioContext;
    if (!this.context && Context) this.context = new Context();
    this.context?.resume?.().catch(() => {});
  }

  /** Sounds a severity's tones. */
  sound(severity) {
    const tones = TONES[severity];
    if (!tones || this.muted) return false;
    this.#wake();
    if (this.context?.state !== "running") return false;
    tones.forEach((frequency, i) => this.#tone(frequency, this.context.currentTime + i * TONE_S));
    return true;
  }

  #tone(frequency, at) {
    const tone = this.context.createOscillator();
    const loudness = this.context.createGain();
    tone.frequency.value = frequency;
    loudness.gain.setValueAtTime(0.0001, at);
    loudness.gain.exponentialRampToValueAtTime(0.25, at + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.0001, at + TONE_S);
    tone.connect(loudness).connect(this.context.destination);
    tone.start(at);
    tone.stop(at + TONE_S);
  }

  /** Tells of an alert: `{id, severity, title, body, drill}`; `chosen` is called when the message is clicked. */
  ring({ id, severity, title, body, drill }, chosen) {
    if (!this.#once(`${id} ${severity}`)) return;
    this.sound(severity);
    this.#show(id, `${drill ? "DRILL 演练 · " : ""}${say(`severity.${severity}`)}: ${title}`, body, severity, chosen);
  }

  /** Tells what was sent to whoever sits here; its title says it all. Whether it was news. */
  tell({ id, alert, severity, title, body, occasion }, chosen) {
    const first = this.#once(id) && (occasion !== "fired" || this.#once(`${alert} ${severity}`));
    if (!first) return false;
    this.sound(occasion === "resolved" ? "info" : severity);
    this.#show(alert ?? id, title, body, severity, chosen);
    return true;
  }

  #once(what, now = Date.now()) {
    for (const [old, at] of this.rung) if (now - at > ONCE_MS) this.rung.delete(old);
    const news = !this.rung.has(what);
    this.rung.set(what, now);
    return news;
  }

  #show(tag, head, body, severity, chosen) {
    if (this.permission !== "granted") return;
    const message = new this.world.Notification(head, { body, tag, renotify: true, requireInteraction: severity === "emergency" });
    message.onclick = () => {
      this.world.focus();
      message.close();
      chosen?.();
    };
  }
}

/** Which alerts are new enough to ring for, given what was known: open, critical or worse, not silenced. Pure. */
export function newly(known, alerts, now) {
  return [...alerts].filter(([id, alert]) => {
    if (alert.stage !== "firing" || !["crit", "emergency"].includes(alert.severity)) return false;
    if (alert.unknown || (alert.silenced_until ?? 0) > now) return false;
    return known.get(id) !== ringKey(alert);
  });
}

/** Changes when an alert is worth ringing again: it fired anew, or got worse. */
export const ringKey = (alert) => (alert.stage === "firing" ? `${alert.severity} ${alert.times ?? 1} ${alert.level ?? 0}` : "taken");
