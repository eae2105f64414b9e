/** The audio socket of one listening (docs/protocol.md, "Listening"): opened with a fresh ticket, and again when it was lost. */

import { RoundTrip } from "../audio/delay.js";
import { ticket } from "../ticket.js";

const PING_MS = 1000;
const AGAIN_MS = [200, 500, 1000, 2000]; // within the grace the server gives
const MOST_UNSENT = 16000; // bytes of our own voice: half a second; what is older is not sent at all
/** Closed for a reason: nobody tries again. */
const FINAL = { 1000: "ended", 4400: "misheard", 4401: "signed_out", 4403: "forbidden", 4404: "unknown", 4423: "locked" };

export class AudioLine {
  /**
   * @param {string} id of the listening
   * @param {{said: Function, frame: Function, state: Function}} hears `said(message)`, `frame(buffer)`, and
   *   `state("live" | "lost" | "ended" | …)`; all but the first two are the last
   */
  constructor(id, hears, world = {}) {
    this.id = id;
    this.hears = hears;
    this.dial = world.socket ?? ((address) => new WebSocket(address));
    this.ticket = world.ticket ?? ticket;
    this.trip = new RoundTrip();
    this.attempt = 0;
    this.over = false;
  }

  async open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const asked = await this.ticket().catch(() => null);
    if (this.over) return;
    if (asked === null) return this.#lose(0);
    const socket = this.dial(`${scheme}://${location.host}/ws?${new URLSearchParams({ listen: this.id, ticket: asked })}`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#ping();
    socket.onmessage = ({ data }) => this.#hear(data);
    socket.onclose = ({ code }) => socket === this.socket && this.#lose(code);
    this.socket = socket;
  }

  #hear(data) {
    if (data instanceof ArrayBuffer) return this.hears.frame(data);
    const message = JSON.parse(data);
    if (message.t === "pong") return this.trip.hear(message.at, performance.now());
    if (message.t === "listening") {
      this.attempt = 0;
      this.hears.state("live");
    }
    this.hears.said(message);
  }

  #ping() {
    clearTimeout(this.pinging);
    this.#send(JSON.stringify({ t: "ping", at: performance.now() }));
    this.pinging = setTimeout(() => this.#ping(), PING_MS);
  }

  #send(data) {
    if (this.socket?.readyState === 1) this.socket.send(data);
  }

  #lose(code) {
    clearTimeout(this.pinging);
    this.socket = null;
    if (this.over) return;
    const wait = AGAIN_MS[this.attempt];
    this.over = code in FINAL || wait === undefined;
    this.hears.state(this.over ? FINAL[code] ?? "stream_lost" : "lost");
    if (this.over) return;
    this.attempt += 1;
    this.retry = setTimeout(() => this.open(), wait);
  }

  /** 20 ms of our own voice; what cannot leave at once is old before it is heard, and is left out. */
  speak(frame) {
    if ((this.socket?.bufferedAmount ?? 0) < MOST_UNSENT) this.#send(frame);
  }

  close() {
    this.over = true;
    clearTimeout(this.retry);
    clearTimeout(this.pinging);
    this.socket?.close(1000);
  }
}
