/**
 * The stream from the server: one websocket at a time, reopened for ever.
 *
 * What reaches the board is always whole: a snapshot first, then patches without a missing revision. When one is missed,
 * or the machine slept, nothing more is delivered until a new snapshot has come.
 */

const SILENCE_MS = 6000;
const SLEPT_MS = 5000;
const SNAPSHOT_PATIENCE_MS = 5000;
const REFUSED = { 4403: "refused", 4404: "unknown" };

/** Said to the window when something on record is another than before; `detail`: its kinds, or null: it may be any. */
export const NEWS = "floor.news";

const announce = (kinds) => dispatchEvent(new CustomEvent(NEWS, { detail: kinds }));

/** Milliseconds to wait before attempt `n` (0, 1, …): doubling to 8 s, jittered so that screens do not come as one. */
export function backoff(attempt, random = Math.random) {
  return Math.min(8000, 500 * 2 ** Math.min(attempt, 6)) * (0.5 + random() / 2);
}

export class Stream {
  /**
   * @param {string | Function} url an address, or what promises one anew for every attempt (with a fresh ticket)
   * @param {{snapshot: Function, patch: Function, beat: Function, state: Function, message?: Function}} board what is told; `state` hears
   *   "live", "lost", "frozen" (waiting for a snapshot), "refused" or "unknown"
   * @param {{socket?: Function, random?: Function, wall?: Function}} world
   */
  constructor(url, board, world = {}) {
    this.url = url;
    this.board = board;
    this.open = world.socket ?? ((address) => new WebSocket(address));
    this.random = world.random ?? Math.random;
    this.wall = world.wall ?? Date.now;
    this.socket = null;
    this.attempt = 0;
    this.revision = null;
    this.heardAt = 0;
    this.asked = 0;
  }

  /** Opens the stream and keeps it open as long as the page lives. */
  start() {
    this.#connect();
    this.lastLook = this.wall();
    setInterval(() => this.#look(), 1000);
    document.addEventListener("visibilitychange", () => document.hidden || this.#look());
    addEventListener("online", () => this.socket === null && this.#connect());
  }

  #connect() {
    clearTimeout(this.retry);
    this.heardAt = this.wall();
    this.revision = null;
    this.asked = 0;
    if (typeof this.url !== "function") this.#dial(this.url);
    else if (!this.asking) this.#ask();
  }

  async #ask() {
    this.asking = true;
    const url = await this.url().catch(() => null);
    this.asking = false;
    if (url !== null) this.#dial(url);
    else this.#lose(0);
  }

  #dial(url) {
    const socket = this.open(url);
    this.socket = socket;
    socket.onmessage = ({ data }) => socket === this.socket && this.#hear(data);
    socket.onclose = ({ code }) => socket === this.socket && this.#lose(code);
  }

  #lose(code) {
    this.socket = null;
    this.revision = null;
    this.board.state(REFUSED[code] ?? "lost");
    // A wrong key rarely becomes right: keep asking, but seldom.
    const delay = REFUSED[code] ? 15000 * (1 + this.random()) : backoff(this.attempt, this.random);
    this.attempt += 1;
    this.retry = setTimeout(() => this.#connect(), delay);
  }

  /** Gives a socket up that may never report its own end. */
  #abandon() {
    const socket = this.socket;
    this.#lose(0);
    socket.onclose = null;
    socket.close();
  }

  #look() {
    const now = this.wall();
    const slept = Math.abs(now - this.lastLook) > SLEPT_MS;
    this.lastLook = now;
    if (this.socket === null) return;
    // A hidden page's timers are slowed down, which looks like sleep; its socket is not.
    if (slept && !document.hidden && this.revision !== null) this.#askAgain();
    else if (now - this.heardAt > SILENCE_MS) this.#abandon();
    else if (this.asked && now - this.asked > SNAPSHOT_PATIENCE_MS) this.#abandon();
  }

  #askAgain() {
    this.revision = null;
    this.heardAt = this.asked = this.wall();
    this.board.state("frozen");
    this.#send({ t: "resync" });
  }

  #send(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  #hear(data) {
    this.heardAt = this.wall();
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      this.#askAgain();
      return;
    }
    if (message.t === "snapshot") this.#snapshot(message);
    else if (this.revision === null) return;
    else if (message.t === "patch") this.#patch(message);
    else if (message.t === "beat") this.#beat(message);
    else if (message.t === "message") this.board.message?.(message);
    else if (message.t === "news") announce(message.of);
  }

  #snapshot(message) {
    this.revision = message.rev;
    this.attempt = 0;
    this.asked = 0;
    this.board.snapshot(message);
    this.board.state("live");
    announce(null); // whatever was told meanwhile was missed
  }

  #patch(message) {
    if (message.rev !== this.revision + 1) {
      this.#askAgain();
      return;
    }
    this.revision = message.rev;
    this.board.patch(message);
  }

  #beat(message) {
    if (message.n !== undefined) this.#send({ t: "pong", n: message.n });
    if (message.rev === this.revision) this.board.beat(message);
    else this.#askAgain();
  }
}
