/** How old what is heard is. Pure. */

const FRAME_MS = 20;
const KEPT = 5;

/** The round trip to the server, from pings that say when they left; the least of the latest five. */
export class RoundTrip {
  constructor() {
    this.latest = [];
  }

  hear(left, now) {
    const took = now - left;
    if (!(took >= 0)) return;
    this.latest = [...this.latest, took].slice(-KEPT);
  }

  get ms() {
    return this.latest.length ? Math.min(...this.latest) : null;
  }
}

/**
 * Milliseconds from the exchange's frame being complete to the loudspeaker: half the round trip, the frame itself, what
 * waits in the jitter buffer, and what the sound card holds; null while the round trip is not known.
 */
export function delayOf({ roundTripMs, bufferedMs, cardMs = 0 }) {
  return roundTripMs == null || bufferedMs == null ? null : Math.round(roundTripMs / 2 + FRAME_MS + bufferedMs + cardMs);
}
