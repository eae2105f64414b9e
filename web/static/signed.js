/**
 * The idle lock of a page (R-SEC-6): says to the server that somebody is there, asks it when nobody was for its time, and
 * leaves nothing on the screen of who is locked or signed out (R-SEC-5). The server is the judge; the page only asks.
 */

const TELL_MS = 30000;
const INPUTS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"];

/** Where a page goes for what the server said: `null`, stay. Pure. */
export function verdict(status, locked, here) {
  const back = `?next=${encodeURIComponent(here)}`;
  if (status === 401) return `/sign-in${back}`;
  if (status === 423 || locked) return `/lock${back}`;
  return null;
}

/** When the server is to be asked next: at the idle time after the last input, or soon after it was told. Pure. */
export function askIn(idleMs, sinceInputMs) {
  return Math.max(1000, idleMs - sinceInputMs + 500);
}

/** Nothing of what was shown is left, in the page or behind it. */
export function clear(root = document.body) {
  root.replaceChildren();
  document.title = "Floorwatch";
}

export class Presence {
  constructor(body, world = {}) {
    this.token = body.dataset.token;
    this.idleMs = Number(body.dataset.idle) * 1000;
    this.fetch = world.fetch ?? ((...asked) => fetch(...asked));
    this.now = world.now ?? Date.now;
    this.leave = world.leave ?? ((to) => location.replace(to));
    this.inputAt = this.now();
    this.toldAt = this.now();
  }

  start() {
    for (const kind of INPUTS) addEventListener(kind, () => this.touched(), { passive: true, capture: true });
    document.addEventListener("visibilitychange", () => document.hidden || this.ask());
    addEventListener("pageshow", (event) => event.persisted && this.ask());
    this.#wait();
  }

  /** Somebody is there; the server is told at most twice a minute. */
  touched() {
    const now = this.now();
    const slept = now - this.inputAt >= this.idleMs;
    this.inputAt = now;
    if (slept) this.ask();
    else if (now - this.toldAt >= Math.min(TELL_MS, this.idleMs / 3)) {
      this.toldAt = now;
      this.#ask("POST");
    }
  }

  /** Asks whether the sign-in still stands. */
  ask() {
    return this.#ask("GET");
  }

  async #ask(method) {
    try {
      const answer = await this.fetch("/api/v1/session", {
        method,
        headers: { "X-Floor-Token": this.token },
        cache: "no-store",
      });
      const locked = answer.ok && (await answer.json()).locked;
      const to = verdict(answer.status, locked, location.pathname + location.search);
      if (to === null) return;
      clear();
      this.leave(to);
    } catch {
      // The server is away: it is asked again, and what needs it will say so by itself.
    }
  }

  #wait() {
    setTimeout(() => {
      if (this.now() - this.inputAt >= this.idleMs) this.ask();
      this.#wait();
    }, askIn(this.idleMs, this.now() - this.inputAt));
  }
}

if (document.body.dataset.idle) new Presence(document.body).start();
