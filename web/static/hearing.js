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

  /** Age in seconds of the oldest data: of an exchange without a link, as heard, or of the stream while no beat tells. */
  ago(now, pbxs) {
    if (this.messageAt == null) return null;
    const recent = this.beatAt != null && now - this.beatAt < BEAT_COUNTS_S;
    const moments = [...pbxs].map(([id, pbx]) => (pbx.link === "up" ? recent && this.at.get(id) : pbx.since));
    return Math.max(0, now - Math.min(this.messageAt, ...moments.filter((moment) => typeof moment === "number")));
  }
}
