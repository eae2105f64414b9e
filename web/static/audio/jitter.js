/**
 * The jitter buffer: sound comes in bursts and is played evenly.
 *
 * It holds as much as the latest unevenness asks for, between 40 and 120 ms. Too little is regained by waiting, too much by
 * playing a hair faster (`bend`, half a percent at most, which nobody hears) and, when it is far too much, by leaving out the
 * oldest. Where sound is missing, the last of it fades out mirrored, and what comes next fades in: no clicks.
 */

import { missing } from "./frames.js";

export const LEAST_MS = 40;
export const MOST_MS = 120;
const FRAME_MS = 20;
const LATE_MS = 100; // beyond the target: the oldest is left out
const MOST_MISSING = 500; // more is not a gap, but numbers that began anew
const CAPACITY_MS = 2000;
const FADE_MS = 5;
const WINDOW_MS = 5000; // in which the fastest frame is sought
const JUMP_MS = 2000; // another beginning, not lateness
const PAUSE_MS = 200; // an exchange that had nothing to say, or another call
const HALF_LIFE_MS = 8000; // of what was once late
const BEND = 0.005;

/** How late frames come, from when they came and when they were sent; clocks may differ, only the spread counts. */
export class Lateness {
  constructor() {
    this.fastest = this.candidate = null;
    this.windowAt = this.heardAt = 0;
    this.peak = 0;
  }

  /** A frame of `at` ms came at `now` ms. */
  hear(at, now) {
    const way = now - at;
    if (this.fastest === null || Math.abs(way - this.fastest) > JUMP_MS || now - this.heardAt > PAUSE_MS) this.#begin(way, now);
    this.heardAt = now;
    this.candidate = Math.min(this.candidate, way);
    this.fastest = Math.min(this.fastest, way);
    if (now - this.windowAt > WINDOW_MS) [this.fastest, this.candidate, this.windowAt] = [this.candidate, way, now];
    this.peak = Math.max(way - this.fastest, this.peak * 0.5 ** (FRAME_MS / HALF_LIFE_MS));
  }

  /** What is to be held so that the next late frame is not missed. */
  get target() {
    return Math.min(MOST_MS, Math.max(LEAST_MS, this.peak + FRAME_MS));
  }

  #begin(way, now) {
    this.fastest = this.candidate = way;
    this.windowAt = now;
  }
}

/** Both sides of a call, in samples at their own rate. */
export class JitterBuffer {
  constructor(rate = 8000) {
    this.rate = rate;
    this.lateness = new Lateness();
    this.size = this.#samples(CAPACITY_MS);
    this.tracks = [new Float32Array(this.size), new Float32Array(this.size)];
    this.read = this.length = 0;
    this.number = null;
    this.due = 0;
    this.playing = false;
    this.mean = null;
    this.last = [new Float32Array(this.#samples(FRAME_MS)), new Float32Array(this.#samples(FRAME_MS))];
    this.kept = -1; // where the last sample played stands in `last`
    this.silent = this.last[0].length; // nothing to mirror before the first sound
    this.rising = 0;
    this.joined = null; // where the sound stood that the rising one takes over from
    /** Milliseconds left out because they came too late, and made up because they did not come. */
    this.dropped = this.concealed = 0;
  }

  #samples(ms) {
    return Math.round((ms * this.rate) / 1000);
  }

  get depthMs() {
    return (this.length / this.rate) * 1000;
  }

  get target() {
    return this.lateness.target;
  }

  /** How much faster to play (+) or slower (−) so that the depth comes to its target. */
  get bend() {
    if (!this.playing || this.mean === null) return 0;
    const off = (this.mean - this.target - FRAME_MS / 2) / 1000;
    return Math.abs(off) < 0.005 ? 0 : Math.max(-BEND, Math.min(BEND, off / 8));
  }

  /**
   * A frame (of `opened`) that came at `now` ms. When it was due is told by its number: the exchange makes one every 20 ms,
   * and so what the way from there to the server adds is counted as well.
   */
  put({ number, left, right }, now) {
    const gone = this.number === null ? 0 : missing(this.number, number);
    const seam = gone > 0;
    this.due = seam && gone > MOST_MISSING ? 0 : this.due + (gone + 1) * FRAME_MS;
    this.number = number;
    this.lateness.hear(this.due, now);
    if (seam) this.#fadeTail();
    this.#write(left, right, seam ? this.#samples(FADE_MS) : 0);
    this.#trim();
    this.mean = this.mean === null ? this.depthMs : this.mean + (this.depthMs - this.mean) / 50;
    if (!this.playing && this.depthMs >= this.target) this.#begin();
  }

  /** The next `count` samples of both sides into `left` and `right`; always all of them. */
  take(count, left, right) {
    for (let i = 0; i < count; i++) {
      if (this.playing && this.length === 0) this.playing = false;
      if (this.playing) this.#play(i, left, right);
      else this.#mirror(i, left, right);
    }
  }

  #begin() {
    this.playing = true;
    this.mean = null;
    this.rising = 0;
    this.joined = null;
  }

  #play(i, left, right) {
    const fade = this.#samples(FADE_MS);
    const gain = this.rising < fade ? ++this.rising / fade : 1;
    left[i] = this.tracks[0][this.read] * gain + this.#leaving(0, gain);
    right[i] = this.tracks[1][this.read] * gain + this.#leaving(1, gain);
    this.read = (this.read + 1) % this.size;
    this.length -= 1;
    this.silent = 0;
    this.#remember(left[i], right[i]);
  }

  /** What was left out goes as what follows comes. */
  #leaving(side, gain) {
    if (gain === 1 || this.joined === null) return 0;
    const { length } = this.last[side];
    return this.last[side][(this.joined - this.rising + length) % length] * (1 - gain);
  }

  #mirror(i, left, right) {
    const { length } = this.last[0];
    if (this.number !== null && this.silent < length) this.concealed += 1000 / this.rate;
    if (this.silent >= length) {
      left[i] = right[i] = 0;
      return;
    }
    this.silent += 1;
    const gain = 1 - this.silent / length;
    const place = (this.kept - this.silent + 2 * length) % length;
    left[i] = this.last[0][place] * gain;
    right[i] = this.last[1][place] * gain;
  }

  #remember(left, right) {
    this.kept = (this.kept + 1) % this.last[0].length;
    this.last[0][this.kept] = left;
    this.last[1][this.kept] = right;
  }

  #write(left, right, fade) {
    const room = this.size - this.length;
    if (left.length > room) this.#drop(left.length - room);
    for (let i = 0; i < left.length; i++) {
      const place = (this.read + this.length) % this.size;
      const gain = i < fade ? i / fade : 1;
      this.tracks[0][place] = left[i] * gain;
      this.tracks[1][place] = right[i] * gain;
      this.length += 1;
    }
  }

  #fadeTail() {
    const fade = Math.min(this.#samples(FADE_MS), this.length);
    for (let i = 1; i <= fade; i++) {
      const place = (this.read + this.length - i) % this.size;
      for (const track of this.tracks) track[place] *= (i - 1) / fade;
    }
  }

  #trim() {
    if (this.depthMs <= this.target + LATE_MS) return;
    this.#drop(this.length - this.#samples(this.target));
    this.rising = 0;
    this.joined = this.silent === 0 ? this.kept : null;
    this.mean = null;
  }

  #drop(count) {
    this.read = (this.read + count) % this.size;
    this.length -= count;
    this.dropped += (count / this.rate) * 1000;
  }
}
