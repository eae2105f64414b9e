/** Past minutes: a moment is chosen, its board is shown in a frame, and an incident's timeline leads to its minutes. */

import { attribute, make, show, write } from "./dom.js";
import TERMS from "./work/words.js";

const zh = document.body.dataset.lang === "zh";
const WORDS = {
  opening: zh ? "正在读取磁带…" : "Winding the tape …",
  none: zh ? "这一分钟没有磁带。" : "This minute is on no tape.",
  failed: zh ? "现在无法回放,请稍后重试。" : "It cannot be shown now; try again shortly.",
  shown: zh ? "回放自" : "Shown from",
};

/** What a kind of incident or of a line of its timeline is called. */
const term = (key, otherwise) => TERMS[key]?.[zh ? 1 : 0] ?? otherwise;
const written = (at) => new Date(at * 1000).toLocaleString(zh ? "zh-CN" : "en-GB");

/** Seconds since the epoch of a field of kind `datetime-local`; NaN when it is empty. Pure. */
export function momentOf(text) {
  return new Date(text).getTime() / 1000;
}

/** The field's text for a moment, to the second, in the browser's time zone. Pure. */
export function textOf(seconds) {
  const date = new Date(seconds * 1000);
  return new Date(date - date.getTimezoneOffset() * 60000).toISOString().slice(0, 19);
}

class Replay {
  constructor(form) {
    this.form = form;
    this.token = document.body.dataset.token;
    this.said = document.getElementById("said");
    this.frame = document.getElementById("past");
    this.incidents = document.getElementById("incident");
    this.timeline = document.getElementById("timeline");
  }

  start() {
    const asked = Number(new URLSearchParams(location.search).get("at"));
    this.form.elements.at.value = textOf(asked || Number(this.form.dataset.now) - 60);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.open(momentOf(this.form.elements.at.value));
    });
    this.incidents.addEventListener("change", () => this.#tell(this.incidents.value));
    this.#list(new URLSearchParams(location.search).get("incident"), asked);
    if (asked) this.open(asked);
  }

  async open(at) {
    write(this.said, WORDS.opening);
    const speed = Number(this.form.elements.speed.value);
    const answer = await this.#ask("/api/v1/replays", { at, speed });
    if (!answer?.ok) {
      write(this.said, answer?.status === 404 ? WORDS.none : WORDS.failed);
      return;
    }
    const { id } = await answer.json();
    this.form.elements.at.value = textOf(at);
    this.frame.src = `/replay/${id}?${new URLSearchParams({ board: this.form.elements.board.value, lang: zh ? "zh" : "en" })}`;
    show(this.frame, true);
    write(this.said, `${WORDS.shown} ${written(at)}`);
  }

  #ask(url, body) {
    const headers = { "X-Floor-Token": this.token, "Content-Type": "application/json" };
    return fetch(url, { method: "POST", headers, body: JSON.stringify(body) }).catch(() => null);
  }

  /** Chosen is the incident asked for, else the one that the moment asked for belongs to. */
  async #list(asked, at) {
    const answer = await fetch("/api/v1/incidents", { cache: "no-store" }).catch(() => null);
    if (!answer?.ok) return;
    const { now, incidents } = await answer.json();
    for (const one of incidents) {
      const words = [written(one.occurred_at), term(`type.${one.type}`, one.type), one.drill ? "DRILL 演练" : "", one.description].filter(Boolean);
      const option = make("option", words.join(" · "));
      option.value = one.id;
      this.incidents.append(option);
    }
    show(this.incidents.closest("section"), incidents.length > 0);
    const apart = ({ occurred_at: from, recovered_at: until }) => Math.max(0, from - at, at - (until ?? now));
    const nearest = incidents.toSorted((one, other) => apart(one) - apart(other) || Boolean(one.drill) - Boolean(other.drill))[0];
    const around = at && nearest && apart(nearest) < 120 ? nearest : null;
    this.incidents.value = asked ?? around?.id ?? "";
    await this.#tell(this.incidents.value);
  }

  async #tell(id) {
    this.timeline.replaceChildren();
    const answer = id && (await fetch(`/api/v1/incidents/${encodeURIComponent(id)}`, { cache: "no-store" }).catch(() => null));
    if (!answer?.ok) return;
    const { entries, rules } = await answer.json();
    for (const entry of entries) this.timeline.append(this.#line(entry, rules));
  }

  #line(entry, rules = {}) {
    const tongue = zh ? "zh" : "en";
    const text = (entry.text[tongue] ?? "").replace(/\bR-[A-Z]{3}-\d+(?:-[a-z]+)?\b/g, (id) => rules[id]?.[tongue] ?? id);
    const jump = make("button", new Date(entry.at * 1000).toLocaleTimeString(zh ? "zh-CN" : "en-GB"));
    jump.type = "button";
    const line = make("li", jump, make("span.line-text", `${term(`entry.${entry.kind}`, entry.kind)}: ${text}`), make("small", entry.actor === "floor" ? term("work.machine", "") : entry.actor));
    jump.addEventListener("click", () => {
      for (const other of this.timeline.children) attribute(other, "aria-current", other === line ? "time" : null);
      this.open(entry.at);
    });
    return line;
  }
}

const form = document.getElementById("moment");
if (form) new Replay(form).start();
