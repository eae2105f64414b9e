/** Runs in the audio thread: plays what the jitter buffer gives, and packs what the microphone hears. */

import { opened, packed } from "../audio/frames.js";
import { JitterBuffer } from "../audio/jitter.js";
import { Meter } from "../audio/level.js";
import { Resampler } from "../audio/resampler.js";

const REPORTS_A_SECOND = 15;
const FRAMES_A_SECOND = 50;

/** Told every so often. */
class Report {
  constructor() {
    this.every = Math.round(sampleRate / REPORTS_A_SECOND);
    this.left = this.every;
  }

  due(samples) {
    this.left -= samples;
    if (this.left > 0) return false;
    this.left += this.every;
    return true;
  }
}

/**
 * Two sides of a call. Hears `{format: {rate, channels}}`, `{centred}` and frames (ArrayBuffer) as they come; tells
 * `{levels: [agent, other side], bufferedMs, targetMs, droppedMs, concealedMs}`.
 */
class Playback extends AudioWorkletProcessor {
  constructor() {
    super();
    this.centred = false;
    this.meter = new Meter();
    this.report = new Report();
    this.port.onmessage = ({ data }) => this.hear(data);
  }

  hear(data) {
    if (data instanceof ArrayBuffer) {
      const frame = this.buffer && opened(data, this.channels);
      if (frame) this.buffer.put(frame, currentTime * 1000);
    } else if (data.format) this.begin(data.format);
    else this.centred = data.centred;
  }

  begin({ rate, channels }) {
    this.channels = channels;
    this.buffer = new JitterBuffer(rate);
    this.resamplers = [new Resampler(rate, sampleRate), new Resampler(rate, sampleRate)];
    this.given = [new Float32Array(rate), new Float32Array(rate)];
  }

  process(_, [[left, right]]) {
    if (this.buffer) this.play(left, right);
    this.meter.hear(left, right);
    if (this.report.due(left.length)) this.tell();
    if (this.centred) this.mix(left, right);
    return true;
  }

  play(left, right) {
    const [one, other] = this.resamplers;
    one.bend = other.bend = this.buffer.bend;
    const wanted = one.needs(left.length);
    this.buffer.take(wanted, ...this.given);
    one.push(this.given[0], wanted);
    other.push(this.given[1], wanted);
    one.take(left);
    other.take(right);
  }

  mix(left, right) {
    for (let i = 0; i < left.length; i++) left[i] = right[i] = Math.max(-1, Math.min(1, (left[i] + right[i]) * 0.75));
  }

  tell() {
    const { depthMs = null, target = null, dropped = 0, concealed = 0 } = this.buffer ?? {};
    this.port.postMessage({ levels: this.meter.read(), bufferedMs: depthMs, targetMs: target, droppedMs: dropped, concealedMs: concealed });
  }
}

/**
 * Our own voice. Hears `{talking}` and `{rate}`; tells `{level}`, and while talking frames of 20 ms (ArrayBuffer) at that rate.
 */
class Voice extends AudioWorkletProcessor {
  constructor() {
    super();
    this.talking = false;
    this.meter = new Meter();
    this.report = new Report();
    this.begin(8000);
    this.port.onmessage = ({ data }) => (data.rate ? this.begin(data.rate) : (this.talking = data.talking));
  }

  begin(rate) {
    this.resampler = new Resampler(sampleRate, rate);
    this.frame = new Float32Array(rate / FRAMES_A_SECOND);
  }

  process([[heard]]) {
    if (heard) {
      this.meter.hear(heard, heard);
      this.resampler.push(heard);
      while (this.resampler.ready >= this.frame.length) this.send();
    }
    if (this.report.due(128)) this.port.postMessage({ level: this.meter.read()[0] });
    return true;
  }

  send() {
    this.resampler.take(this.frame);
    if (!this.talking) return;
    const frame = packed(this.frame);
    this.port.postMessage(frame, [frame]);
  }
}

registerProcessor("floor-playback", Playback);
registerProcessor("floor-voice", Voice);
