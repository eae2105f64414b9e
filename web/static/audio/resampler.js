/**
 * From one sampling rate to another, by a windowed sinc that is also the low-pass: what the slower of both rates cannot
 * carry is left out, so that upsampling has no images and downsampling no aliases.
 *
 * Every output is the sum of the inputs around its place in time, weighted by the kernel; the kernel is tabled finely and
 * read between its points. The delay is half the kernel (1.7 ms at 8 kHz).
 */

const ZEROS = 13;
const PHASES = 256;
const SHARE = 0.92;
const BETA = 7.5; // Kaiser: side lobes 75 dB below

function bessel(x) {
  let sum = 1;
  for (let term = 1, k = 1; k < 30; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** Half the kernel for a cut-off in cycles per input sample, `PHASES` points per sample. */
function tabled(cutoff, half) {
  const table = new Float32Array(Math.ceil(half) * PHASES + 2);
  for (let i = 0; i < table.length; i++) {
    const u = i / PHASES;
    const x = 2 * cutoff * u * Math.PI;
    const sinc = x === 0 ? 1 : Math.sin(x) / x;
    const inside = Math.max(0, 1 - (u / half) ** 2);
    table[i] = u > half ? 0 : 2 * cutoff * sinc * (bessel(BETA * Math.sqrt(inside)) / bessel(BETA));
  }
  return table;
}

export class Resampler {
  constructor(from, to) {
    const cutoff = 0.5 * Math.min(1, to / from) * SHARE;
    this.half = ZEROS / (2 * cutoff);
    this.table = tabled(cutoff, this.half);
    this.step = from / to;
    this.bend = 0;
    this.held = new Float32Array(4096);
    this.length = Math.ceil(this.half); // silence before the first sample
    this.at = this.length;
  }

  get #stride() {
    return this.step * (1 + this.bend);
  }

  /** Inputs that must come before `count` outputs can be taken. */
  needs(count) {
    const last = this.at + (count - 1) * this.#stride;
    return Math.max(0, Math.floor(last + this.half) + 1 - this.length);
  }

  /** Outputs that can be taken. */
  get ready() {
    return Math.max(0, Math.ceil((this.length - this.half - this.at) / this.#stride + 1e-9)); // what rounding hides weighs nothing
  }

  push(samples, count = samples.length) {
    this.#forget();
    if (this.length + count > this.held.length) this.#grow(this.length + count);
    for (let i = 0; i < count; i++) this.held[this.length + i] = samples[i];
    this.length += count;
  }

  /** Fills `out`, as far as there is something; tells how far. */
  take(out) {
    const count = Math.min(out.length, this.ready);
    for (let i = 0; i < count; i++) {
      out[i] = this.#at(this.at);
      this.at += this.#stride;
    }
    return count;
  }

  #at(time) {
    const { held, table } = this;
    const first = Math.max(0, Math.ceil(time - this.half));
    const last = Math.floor(time + this.half);
    let sum = 0;
    for (let n = first; n <= last; n++) {
      const place = Math.abs(time - n) * PHASES;
      const i = place | 0;
      sum += held[n] * (table[i] + (table[i + 1] - table[i]) * (place - i));
    }
    return sum;
  }

  #forget() {
    const past = Math.floor(this.at - this.half) - 1;
    if (past < 1024) return;
    this.held.copyWithin(0, past, this.length);
    this.length -= past;
    this.at -= past;
  }

  #grow(length) {
    const held = new Float32Array(length * 2);
    held.set(this.held);
    this.held = held;
  }
}
