/** Time on the board: the server's clock, ages of things, and how both are written. Pure, but for the injected clock. */

/** Estimates the server's clock: of recent messages the one that travelled fastest tells it best. */
export class ServerClock {
  /** @param {() => number} local seconds since the epoch on this machine */
  constructor(local = () => Date.now() / 1000) {
    this.local = local;
    this.offset = 0;
    this.measuredAt = -Infinity;
  }

  /** A message said what time it was when it left the server (seconds). */
  observe(serverNow) {
    const at = this.local();
    const offset = serverNow - at;
    // A slower message makes the offset smaller; one minute bounds the harm of a clock that was set meanwhile.
    const old = at - this.measuredAt > 60 || at < this.measuredAt;
    if (offset > this.offset || old || this.offset - offset > 5) {
      this.offset = offset;
      this.measuredAt = at;
    }
  }

  /** Server time in seconds. */
  now() {
    return this.local() + this.offset;
  }
}

/** Seconds something lasts at `now` (server), begun at `since` on a clock that is `offset` ahead; null if not known. */
export function age(now, since, offset = 0) {
  return since == null ? null : Math.max(0, now + (offset || 0) - since);
}

const two = (number) => String(number).padStart(2, "0");

/** `m:ss` up to a hundred minutes, then `1h42`; null gives an en dash. */
export function duration(seconds) {
  if (seconds == null || Number.isNaN(seconds)) return "–";
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60);
  if (minutes < 100) return `${minutes}:${two(whole % 60)}`;
  return `${Math.floor(minutes / 60)}h${two(minutes % 60)}`;
}

/** `hh:mm:ss` of a moment (seconds since the epoch), 24 hours, in the zone of this display. */
export function clockTime(epoch) {
  const moment = new Date(epoch * 1000);
  return `${two(moment.getHours())}:${two(moment.getMinutes())}:${two(moment.getSeconds())}`;
}
