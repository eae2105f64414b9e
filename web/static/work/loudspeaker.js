/** The browser's side of the sound: what is heard, and the microphone while it is wanted. */

const WORKLET = new URL("./listening-worklet.js", import.meta.url);
const VOICE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };

/** Why this browser can play nothing, as the end of a word's key; null when it can. */
export function incapable(world = globalThis) {
  if (!world.isSecureContext) return "insecure";
  return world.AudioWorkletNode ? null : "unable";
}

/** Plays frames; `told` hears what the audio thread says of levels and delay. */
export class Loudspeaker {
  constructor(told) {
    this.told = told;
  }

  /** Must be called while a click or key is being answered, else the browser keeps it silent until the next. */
  async open() {
    this.context = new AudioContext({ latencyHint: "interactive" });
    await this.context.audioWorklet.addModule(WORKLET);
    this.node = new AudioWorkletNode(this.context, "floor-playback", { numberOfInputs: 0, outputChannelCount: [2] });
    this.gain = this.context.createGain();
    this.node.port.onmessage = ({ data }) => this.told(data);
    this.node.connect(this.gain).connect(this.context.destination);
  }

  get silenced() {
    return this.context?.state === "suspended";
  }

  wake() {
    return this.context.resume();
  }

  /** Milliseconds the sound card holds. */
  get cardMs() {
    return ((this.context?.outputLatency || this.context?.baseLatency) ?? 0) * 1000;
  }

  format(format) {
    this.node.port.postMessage({ format });
  }

  play(frame) {
    this.node?.port.postMessage(frame, [frame]);
  }

  centre(centred) {
    this.node.port.postMessage({ centred });
  }

  /** 0 … 1.5; beyond 1 it is louder than the call. */
  volume(share) {
    this.gain.gain.setTargetAtTime(share, this.context.currentTime, 0.02);
  }

  async close() {
    const { context } = this;
    this.context = null;
    if (context) await context.close();
  }
}

/** The microphone: opened for whispering and barging only. `level` hears how loud it is, `frame` what is to be sent. */
export class Microphone {
  constructor(context, { level, frame }) {
    this.context = context;
    this.level = level;
    this.frame = frame;
  }

  /** Asks the person, through the browser; rejects with a DOMException when it may not. */
  async open(rate) {
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: VOICE });
    this.node = new AudioWorkletNode(this.context, "floor-voice", { channelCount: 1, channelCountMode: "explicit" });
    this.node.connect(this.context.destination); // silent; what leads nowhere is not run everywhere
    this.node.port.postMessage({ rate });
    this.node.port.onmessage = ({ data }) => (data instanceof ArrayBuffer ? this.frame(data) : this.level(data.level));
    this.source = this.context.createMediaStreamSource(this.stream);
    this.source.connect(this.node);
  }

  talk(talking) {
    this.node?.port.postMessage({ talking });
  }

  /** Lets go of it: the browser's own sign goes out too. */
  close() {
    this.source?.disconnect();
    this.node?.disconnect();
    if (this.node) this.node.port.onmessage = null;
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = this.node = this.source = null;
  }
}
