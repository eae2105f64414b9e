/** One alert in full: what, since when, who; what proves it; its life and what was told to whom; and what can be done. */

import { alertAge, alertName, holderWords, isSilenced, levelOfAlert, signOfAlert, subjectWords } from "../alerts.js";
import { make } from "../dom.js";
import { pick, say, sayOr } from "../i18n.js";
import { duration } from "../time.js";
import { ask, tell } from "./api.js";
import { amount, factWords, measured } from "./evidence.js";
import { askIncident } from "./opening.js";
import { act, may, told } from "./frame.js";
import { moment, short } from "./moments.js";
import { askFor, button, drillTag, facts, nothing, part, table, tag, timeline } from "./parts.js";

const SILENCES = [5, 15, 30, 60, 240];
/** Said to the window when something was silenced here. */
export const SILENCED = "floor.silenced";

const path = (id, command = "") => `/api/v1/alerts/${encodeURIComponent(id)}${command}`;

export const acknowledge = (id) => act(() => tell(path(id, "/acknowledge")), say("alert.did.acknowledged"));

export function askResolve(id) {
  askFor(say("alert.resolve"), {
    fields: [{ name: "reason", label: say("alert.cause"), type: "area", required: true }],
    submit: say("alert.resolve"),
    done: async (given) => {
      await tell(path(id, "/resolve"), given);
      told(say("alert.did.resolved"));
    },
  });
}

export function askSilence(id) {
  const options = SILENCES.map((minutes) => [String(minutes), say("alert.minutes", { minutes })]);
  const breadth = [["", say("alert.silence.this")], ["1", say("alert.silence.rule")]];
  askFor(say("alert.silence"), {
    words: say("alert.silence.what"),
    fields: [
      { name: "minutes", label: say("alert.silence.for"), options, value: "15" },
      { name: "rule", label: say("alert.silence.whom"), options: breadth },
      { name: "reason", label: say("work.reason"), type: "area", rows: 2, required: true },
    ],
    submit: say("alert.silence"),
    done: async ({ minutes, rule, reason }) => {
      await tell(path(id, "/silence"), { minutes: Number(minutes), rule: rule === "1", reason });
      told(say("alert.did.silenced", { minutes }));
      dispatchEvent(new Event(SILENCED));
    },
  });
}

/** Opens an incident with what the alert says; one that it belongs to already is shown instead. */
async function openIncident(id, alert, type) {
  const { incidents } = await ask("/api/v1/incidents?live=1");
  const known = incidents.find((one) => one.alerts?.includes(id));
  if (known) location.assign(`/incidents/${encodeURIComponent(known.id)}`);
  else askIncident({ at: alert.since, type: type ?? "abnormal", description: `${subjectWords(alert)} · ${alertName(alert)}`, alert: id });
}

export class AlertDetail {
  constructor(section) {
    this.section = section;
    this.id = null;
    this.asked = 0;
  }

  /** Shows an alert; what the stream does not bring is fetched. */
  show(id, alert, now) {
    const other = id !== this.id;
    this.id = id;
    if (other) this.whole = this.alert = null;
    if (!id) return this.section.replaceChildren(nothing(say("desk.choose")));
    if (alert) this.alert = alert;
    this.now = now;
    this.#paint();
    return this.#fetch(id);
  }

  async #fetch(id) {
    const asked = (this.asked += 1);
    try {
      const whole = await ask(path(id));
      if (asked !== this.asked || id !== this.id) return;
      this.whole = whole;
      this.alert = whole.alert;
      this.now = whole.now;
    } catch (error) {
      if (asked !== this.asked || id !== this.id) return;
      this.whole = { failed: error.message };
    }
    this.#paint();
  }

  /** Opens an incident of the alert shown; a drill's alert is nobody's incident. */
  openIncident() {
    if (!may("record_incident") || !this.alert || this.alert.drill) return;
    act(() => openIncident(this.id, this.alert, this.whole?.incident_type));
  }

  tick(now) {
    this.now = now;
    if (this.age && this.alert && !this.whole?.resolved_at) this.age.textContent = duration(alertAge(this.alert, now));
  }

  #paint() {
    const { alert } = this;
    if (!alert) return this.section.replaceChildren(nothing(this.whole?.failed ?? say("work.loading")));
    const had = this.section.contains(document.activeElement) ? document.activeElement.dataset?.command : null;
    const title = part("h2", { id: "detail-name", tabindex: "-1" }, `${subjectWords(alert)} · ${alertName(alert)}`);
    const head = part("div.detail-head", { "data-level": levelOfAlert(alert) }, tag(levelOfAlert(alert), say(`severity.${alert.severity}`), signOfAlert(alert)), alert.drill ? drillTag() : null, title);
    this.section.replaceChildren(head, ...[pick(alert.text)].filter(Boolean).map((text) => make("p", text)), this.#actions(), this.#facts(), ...this.#more());
    if (had) this.section.querySelector(`[data-command="${had}"]`)?.focus();
    return undefined;
  }

  #actions() {
    const { alert, id } = this;
    const over = alert.stage === "resolved";
    const command = (name, words, key, action, right, disabled) => {
      if (!may(right)) return null;
      const one = button(words, action, { key, disabled: over || disabled, kind: name === "acknowledge" ? "first" : null });
      one.dataset.command = name;
      return one;
    };
    return part(
      "div.actions",
      {},
      command("acknowledge", say("alert.acknowledge"), "a", () => acknowledge(id), "acknowledge", alert.stage === "acknowledged"),
      command("silence", say("alert.silence"), "s", () => askSilence(id), "silence", isSilenced(alert, this.now)),
      command("resolve", say("alert.resolve"), "r", () => askResolve(id), "acknowledge"),
      may("record_incident") && !alert.drill ? this.#incident() : null,
    );
  }

  #incident() {
    const one = button(say("incidents.open"), () => this.openIncident(), { key: "o" });
    one.dataset.command = "incident";
    return one;
  }

  #facts() {
    const { alert, whole } = this;
    this.age = make("span", duration(alertAge(alert, whole?.resolved_at ?? this.now)));
    return facts([
      [say("alert.age"), this.age],
      [say("alert.stage"), say(`stage.${alert.stage}`)],
      [say("alert.owner"), alert.owner ? `${alert.owner}, ${short(alert.acknowledged_at)}` : holderWords(alert, this.now).text],
      [say("alert.began"), moment(alert.since)],
      [say("alert.value"), measured(alert)],
      [say("alert.worst"), whole?.worst == null ? null : amount(whole.worst, alert.unit ?? "s")],
      [say("alert.queue"), alert.queue],
      [say("alert.group"), alert.group],
      [say("alert.exchange"), alert.pbx],
      [say("alert.escalated"), alert.level ? String(alert.level) : null],
      [say("alert.times"), alert.times > 1 ? String(alert.times) : null],
      [say("alert.silenced"), isSilenced(alert, this.now) ? short(alert.silenced_until) : null],
      [say("alert.rule"), alert.rule],
    ]);
  }

  #more() {
    const { whole } = this;
    if (!whole) return [nothing(say("work.loading"))];
    if (whole.failed) return [part("p", { role: "alert" }, whole.failed)];
    const explains = Object.values(whole.explains);
    return [
      make("h3", say("alert.evidence")),
      timeline(
        whole.evidence.map((fact) => ({ at: fact.at ?? 0, time: fact.at == null ? "" : short(fact.at), text: factWords(fact) })),
        say("alert.evidence"),
        say("alert.evidence.none"),
      ),
      ...(explains.length ? [make("h3", say("alert.explains", { count: explains.length })), part("ul.plain", {}, ...explains.map((one) => make("li", `${subjectWords(one)} · ${alertName(one)}`)))] : []),
      make("h3", say("alert.life")),
      timeline(whole.transitions.map((one) => step(one, this.alert.unit)), say("alert.life")),
      make("h3", say("alert.deliveries")),
      deliveries(whole.deliveries),
    ];
  }
}

function step({ at, event, actor, reason, value, after }, unit = "s") {
  const words = sayOr(`event.${event}`, event);
  const beside = [value == null ? "" : amount(value, unit), reason].filter(Boolean).join(" · ");
  return { at, time: short(at), text: beside ? `${words} (${beside})` : words, actor: actor === "floor" ? say("work.machine") : actor, kind: after };
}

function deliveries(rows) {
  const level = { sent: "good", failed: "critical" };
  return table({
    label: say("alert.deliveries"),
    empty: say("alert.deliveries.none"),
    rows,
    columns: [
      { name: say("delivery.to"), cell: (one) => one.to },
      { name: say("delivery.by"), cell: (one) => sayOr(`notifier.${one.kind}`, one.kind) },
      { name: say("delivery.at"), cell: (one) => short(one.sent_at ?? one.at) },
      { name: say("delivery.state"), cell: (one) => tag(level[one.state] ?? null, sayOr(`delivery.${one.state}`, one.state) + (one.error ? ` · ${one.error}` : ""), level[one.state]) },
    ],
  });
}
