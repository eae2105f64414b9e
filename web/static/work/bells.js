/** The desk's sound and messages: what is new rings once, where its person allows it. */

import { attribute, write } from "../dom.js";
import { pick, say } from "../i18n.js";
import { Bell, newly, ringKey } from "./bell.js";
import { told } from "./frame.js";
import { harmless } from "./harmless.js";
import { button } from "./parts.js";
import { fresh, level, title } from "./requests.js";

export class Bells {
  /** @param spoken the element that says to screen readers what fired @param select chooses an alert */
  constructor(spoken, select) {
    Object.assign(this, { spoken, select });
    this.bell = new Bell();
    this.known = null;
  }

  /** Buttons: allow messages (once), mute. */
  buttons() {
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

  /** Rings for what is new among these alerts. */
  hear(alerts, now) {
    const fresh = this.known ? newly(this.known, alerts, now) : [];
    this.known = new Map([...alerts].map(([id, alert]) => [id, ringKey(alert)]));
    for (const [id, alert] of fresh) {
      const title = `${alert.subject ?? ""} ${pick(alert.name)}`.trim();
      this.bell.ring({ id, severity: alert.severity, title, body: pick(alert.text), drill: alert.drill }, () => this.select(id));
      write(this.spoken, `${say(`severity.${alert.severity}`)}: ${title}`);
    }
  }

  /** Rings for who asks for help or leave, once; what is there when the page opens is only shown. */
  asked(requests) {
    const first = this.requests === undefined;
    this.requests ??= new Map();
    for (const [id, one] of fresh(this.requests, requests)) {
      if (first || one.mine) continue;
      const words = `${harmless(one.label ?? "")} ${title(one)}`.trim();
      this.bell.ring({ id: `${id} ${one.escalated_at ?? ""}`, severity: level(one) === "critical" ? "crit" : "warn", title: words, body: "" }, () => {});
      write(this.spoken, words);
    }
  }

  /** Somebody is told himself: it rings, and its title stands at the foot of the page for a while. */
  message({ title, body, ...message }) {
    const words = pick(title);
    const choose = message.alert ? () => this.select(message.alert) : null;
    if (!this.bell.tell({ ...message, title: words, body: pick(body) }, choose)) return;
    told(words, ["crit", "emergency"].includes(message.severity) && message.occasion !== "resolved" ? "critical" : "warn");
  }
}
