/**
 * One listening of whoever is signed in: begun, changed, spoken into and stopped (R-SEC-1). What it is at any moment is what
 * the server says; here is only what the browser adds to it: the sound, and the microphone.
 *
 * `state`: `listening` (of docs/api.md, or null), `line` (opening, live, lost), `silenced` (the browser wants a click first),
 * `microphone` (off, opening, ready, refused), `talking`, `latched`, `centred`, `volume`.
 */

import { delayOf } from "../audio/delay.js";
import { ask, tell } from "./api.js";
import { AudioLine } from "./audioline.js";
import { incapable, Loudspeaker, Microphone } from "./loudspeaker.js";

const PHONE_MS = 2000; // how often a listening on a phone is asked after; one in the browser tells by itself
const KEPT = "floor.listening"; // for the reload of this tab
const RATE = 8000;
const path = (id, command = "") => `/api/v1/listenings/${encodeURIComponent(id)}${command}`;
const speaks = (mode) => mode !== "listen";
const OFF = { microphone: "off", talking: false, latched: false };
const BEGINNING = { listening: null, line: "opening", silenced: false, centred: false, volume: 1, ...OFF };

/** What may be done, with which purposes and on which ways; and what is under way. */
export const offered = () => ask("/api/v1/listenings");

export class Listening {
  /** @param {{changed: Function, heard: Function, ended: Function, refused: Function}} told */
  constructor(told, world = {}) {
    this.told = told;
    this.world = { tell, loudspeaker: (hear) => new Loudspeaker(hear), microphone: (...made) => new Microphone(...made), line: (...made) => new AudioLine(...made), ...world };
    this.state = { ...BEGINNING };
    this.spoken = 0;
  }

  get on() {
    return this.state.listening !== null;
  }

  /** Begins what was asked for; rejects with what the server, or the microphone, refused. */
  async begin(asked) {
    await this.stop();
    this.state = { ...BEGINNING };
    const browser = asked.way !== "phone";
    try {
      if (browser) await this.#openSound();
      if (browser && speaks(asked.mode)) await this.#openMicrophone();
      await this.#follow(await this.world.tell("/api/v1/listenings", asked));
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  /** Hears again what this tab listened to before it was loaded anew. */
  async resume() {
    const id = sessionStorage.getItem(KEPT);
    if (!id || incapable()) return;
    sessionStorage.removeItem(KEPT);
    const found = (await offered()).listenings.find((one) => one.id === id && one.mine && one.stage !== "ended");
    if (!found || this.on) return;
    if (found.way === "browser") await this.#openSound();
    await this.#follow(found);
    if (found.way === "browser" && speaks(found.mode)) await this.#openMicrophone().catch(() => {});
  }

  async #follow(listening) {
    sessionStorage.setItem(KEPT, listening.id);
    this.#heardOf(listening);
    if (!this.on) return;
    if (listening.way === "phone") this.#askAfter(listening.id);
    else {
      this.line = this.world.line(listening.id, {
        said: (message) => this.#said(message),
        frame: (frame) => this.speaker?.play(frame),
        state: (line) => this.#lineState(line),
      });
      await this.line.open();
    }
  }

  async #openSound() {
    this.speaker = this.world.loudspeaker((report) => this.#report(report));
    await this.speaker.open();
    this.#change({ silenced: this.speaker.silenced });
  }

  async #openMicrophone() {
    if (this.state.microphone === "ready") return;
    this.#change({ microphone: "opening" });
    const hears = { level: (level) => this.told.heard({ own: level }), frame: (frame) => this.#speak(frame) };
    this.microphone = this.world.microphone(this.speaker.context, hears);
    try {
      await this.microphone.open(this.rate ?? RATE);
    } catch (error) {
      this.#closeMicrophone("refused");
      throw Object.assign(new Error(error.message), { microphone: error.name });
    }
    this.#change({ microphone: "ready" });
  }

  #closeMicrophone(microphone = "off") {
    this.microphone?.close();
    this.microphone = null;
    this.#change({ ...OFF, microphone });
  }

  #speak(frame) {
    this.spoken += 1;
    this.line?.speak(frame);
  }

  /** From now on in this mode; the microphone is opened before, and let go of after. */
  async change(mode) {
    const { id, way } = this.state.listening;
    if (way === "browser" && speaks(mode)) await this.#openMicrophone();
    try {
      this.#heardOf(await this.world.tell(path(id, "/mode"), { mode }));
    } finally {
      if (!this.on || !speaks(this.state.listening.mode)) this.#closeMicrophone();
    }
  }

  /** Whether the agent's next calls are heard too. */
  async follow(follow) {
    this.#heardOf(await this.world.tell(path(this.state.listening.id, "/follow"), { follow }));
  }

  /** Ends it; what the server cannot be told it notices itself when the sound is no longer fetched. */
  async stop() {
    const { listening } = this.state;
    if (!listening) return;
    this.#end({ ...listening, stage: "ended", ended: "stopped" });
    await this.world.tell(path(listening.id, "/stop"));
  }

  /** Talks as long as `on`; a latch keeps talking. */
  talk(on) {
    this.#talking(on, this.state.latched);
  }

  latch(latched) {
    this.#talking(false, latched);
  }

  #talking(held, latched) {
    if (this.state.microphone !== "ready") return;
    const talking = held || latched;
    this.microphone.talk(talking);
    if (talking !== this.state.talking || latched !== this.state.latched) this.#change({ talking, latched });
  }

  centre(centred) {
    this.speaker?.centre(centred);
    this.#change({ centred });
  }

  volume(volume) {
    this.speaker?.volume(volume);
    this.#change({ volume });
  }

  async wake() {
    await this.speaker?.wake();
    this.#change({ silenced: false });
  }

  #said({ t, listening, format, words, error }) {
    if (t === "refused") this.told.refused(words ?? error);
    if (t !== "listening") return;
    if (format && JSON.stringify(format) !== this.format) this.#format(format);
    this.#heardOf(listening);
  }

  #format(format) {
    this.format = JSON.stringify(format);
    this.rate = format.rate;
    this.channels = format.channels;
    this.speaker?.format(format);
  }

  #heardOf(listening) {
    if (listening.stage === "ended") return this.#end(listening);
    this.#change({ listening });
    if (!speaks(listening.mode) && this.state.microphone === "ready") this.#closeMicrophone();
  }

  #lineState(line) {
    if (!this.on) return;
    if (line === "live" || line === "lost") this.#change({ line });
    else this.#end({ ...this.state.listening, stage: "ended", ended: this.state.listening.ended ?? line });
  }

  #report({ levels, bufferedMs, ...more }) {
    const delay = delayOf({ roundTripMs: this.line?.trip.ms, bufferedMs, cardMs: this.speaker?.cardMs });
    this.told.heard({ levels, delay, bufferedMs, ...more });
  }

  #askAfter(id) {
    this.asking = setTimeout(async () => {
      const found = await offered().then(({ listenings }) => listenings.find((one) => one.id === id), () => this.state.listening);
      if (this.state.listening?.id !== id) return;
      this.#heardOf(found ?? { ...this.state.listening, stage: "ended", ended: "call_ended" });
      if (this.on) this.#askAfter(id);
    }, PHONE_MS);
  }

  #end(listening) {
    if (!this.on) return;
    this.#release();
    sessionStorage.removeItem(KEPT);
    this.told.ended(listening);
  }

  #release() {
    clearTimeout(this.asking);
    this.line?.close();
    this.#closeMicrophone();
    this.speaker?.close();
    this.line = this.speaker = this.format = null;
    this.#change({ listening: null });
  }

  #change(changes) {
    Object.assign(this.state, changes);
    this.told.changed(this.state);
  }
}
