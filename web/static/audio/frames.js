/** What goes over the audio socket: 20 ms of sound in each frame (docs/protocol.md, "Listening"). Pure. */

const HEAD = 8;
const FULL = 32768;

/** A frame of the server: its number, its milliseconds, and a track per side; null for what is none. */
export function opened(buffer, channels) {
  const samples = (buffer.byteLength - HEAD) / 2 / channels;
  if (!(samples > 0) || !Number.isInteger(samples)) return null;
  const view = new DataView(buffer);
  const tracks = Array.from({ length: channels }, () => new Float32Array(samples));
  for (let i = 0, at = HEAD; i < samples; i++) {
    for (const track of tracks) {
      track[i] = view.getInt16(at, true) / FULL;
      at += 2;
    }
  }
  const left = tracks[0];
  return { number: view.getUint32(0), at: view.getUint32(4), left, right: tracks[1] ?? left };
}

/** Our own voice as the server takes it: signed linear, 16 bit, little endian. */
export function packed(samples) {
  const view = new DataView(new ArrayBuffer(samples.length * 2));
  samples.forEach((sample, i) => view.setInt16(i * 2, Math.max(-1, Math.min(1, sample)) * (FULL - 1), true));
  return view.buffer;
}

/** How many frames are missing between two numbers that wrap at 2³². */
export const missing = (before, number) => (number - before - 1) >>> 0;
