/** When each exchange was last heard: from beats, and from patches that bring word of it. Pure; server time. */

/** A beat older than this says nothing any more: patches have taken its place. */
const BEAT_COUNTS_S = 5;

export class Hearing {
  constructor() {
    this.forget();
  }

  /** A snapshot came: whatever was heard before is another stream's. */
  forget(now = null) {
    this.at = new Map();
    this.beatAt = null;
    this.messageAt = now;
  }

  /** A message came at `now`; `heard` is seconds since the last byte by exchange, where the message tells it. */
  message(now, heard, exchanges = []) {
    this.messageAt = now;
    for (const id of exchanges) this.at.set(id, now);
    if (!heard) return;
    this.beatAt = now;
    for (const [id, ago] of Object.entries(heard)) if (ago != null) this.at.set(id, now - ago);
  }

  /** Age in seconds of the oldest exchange's data among `ids`; of the stream itself while no beat tells more. */
  ago(now, ids) {
    if (this.messageAt == null) return null;
    const recent = this.beatAt != null && now - this.beatAt < BEAT_COUNTS_S;
    const moments = recent ? ids.filter((id) => this.at.has(id)).map((id) => this.at.get(id)) : [];
    return Math.max(0, now - Math.min(this.messageAt, ...moments));
  }
}
