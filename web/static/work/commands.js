/**
 * Commands to the exchange. What is dangerous says first what it will do, and is done only when that was confirmed;
 * what was answered is said; the effect is shown by nothing but the stream.
 */

import { pick, say } from "../i18n.js";
import { make } from "../dom.js";
import { ask, tell } from "./api.js";
import { act, told } from "./frame.js";
import { button, dialog, field, part, values } from "./parts.js";

const PHONE_MS = 120_000;
const ASKS_MS = 1_500;
const path = (kind, more = "") => `/api/v1/commands/${kind}${more}`;

/** What of a form goes into a command: numbers as numbers. Pure. */
export function bodyOf(given) {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, name === "penalty" ? Number(value) : value]));
}

/** Says what the exchange answered; where a phone is to ring, later also what became of it. */
function answered(title, answer) {
  const words = pick(answer.words) || title;
  told(answer.said ? say("command.answered", { words, said: answer.said }) : words);
  if (answer.placed) awaitPhone(title, answer.thread);
}

/** A phone rings for half a minute by default; the exchange tells at once when it is lifted or will not be. */
async function awaitPhone(title, thread) {
  for (const end = Date.now() + PHONE_MS; Date.now() < end; ) {
    await new Promise((later) => setTimeout(later, ASKS_MS));
    const { reached, words } = await ask(`/api/v1/commands/placed/${encodeURIComponent(thread)}`).catch(() => ({}));
    if (reached) return told(say("command.placed", { title, words: pick(words) }), reached === "answered" ? "good" : "critical");
  }
  told(say("command.placed.unknown", { title }), "critical");
}

/** Does what needs no second word. */
export const command = (kind, body, title) =>
  act(async () => {
    answered(title, await tell(path(kind), body));
  });

/** One dialog from asking to confirming: fields first (if any), then what it would do, then it is done. */
class Asking {
  constructor(kind, body, { title, fields = [], dangerous, bodyFrom }) {
    Object.assign(this, { kind, body, title, fields, dangerous, bodyFrom: bodyFrom ?? bodyOf });
    this.foreseen = null;
  }

  open() {
    const note = { name: "note", label: say("command.note"), maxlength: 200 };
    this.words = part("p.foresee", { role: "status" });
    this.refusal = part("p.refusal", { role: "alert", hidden: true });
    this.send = button(this.#submitWords(), null, { type: "submit", kind: this.dangerous && this.fields.length === 0 ? "danger" : null });
    const leave = button(say("work.cancel"), () => this.box.close());
    this.form = part("form.entry", {}, ...this.fields.map(field), field(note), this.words, this.refusal, make("div.actions", this.send, leave));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    // Something else was asked for: what was foreseen holds no more.
    this.form.addEventListener("input", ({ target }) => target.name !== "note" && this.#forget());
    this.box = dialog(this.title, this.form);
    if (this.dangerous && this.fields.length === 0) this.#foresee();
    return this.box;
  }

  #submitWords() {
    return this.dangerous && this.fields.length > 0 && !this.foreseen ? say("command.foresee") : this.title;
  }

  #body() {
    return { ...this.body, ...this.bodyFrom(values(this.form)) };
  }

  #forget() {
    if (!this.foreseen) return;
    this.foreseen = null;
    this.words.textContent = "";
    this.send.firstChild.data = this.#submitWords();
    this.send.classList.remove("danger");
  }

  #submit() {
    return this.dangerous && !this.foreseen ? this.#foresee() : this.#guarded(() => this.#do());
  }

  #foresee() {
    return this.#guarded(async () => {
      const { words } = await tell(path(this.kind, "/foresee"), this.#body());
      this.foreseen = pick(words);
      this.words.textContent = this.foreseen;
      this.send.firstChild.data = this.#submitWords();
      this.send.classList.add("danger");
    });
  }

  async #do() {
    const answer = await tell(path(this.kind), { ...this.#body(), ...(this.dangerous ? { confirmed: true } : {}) });
    this.box.close();
    answered(this.title, answer);
  }

  async #guarded(action) {
    const held = document.activeElement === this.send;
    this.send.disabled = true;
    this.refusal.hidden = true;
    try {
      await action();
    } catch (error) {
      this.refusal.textContent = error.message;
      this.refusal.hidden = false;
    } finally {
      this.send.disabled = false;
      if (held) this.send.focus(); // what is disabled loses the keyboard
    }
  }
}

/** Asks what is missing, says what will happen where that is dangerous, and does it. */
export const askCommand = (kind, body, described) => new Asking(kind, body, described).open();

/** What he may command, the floor's reasons, and his own phones; nothing when that cannot be known. */
export async function mayCommand() {
  try {
    return await ask("/api/v1/commands");
  } catch {
    return { kinds: {}, reasons: { away: [], work: [] }, phones: {} };
  }
}
