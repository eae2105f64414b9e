/** Which numbers may not be believed, and since when: per exchange, from its link and from our own stream. Pure. */

/** Silence after which the stream is not believed any more: one beat (2 s) and two seconds. */
export const SILENCE_S = 4;

/**
 * Since when an exchange's numbers stand still (server time); null while they are live.
 * @param pbx PBX or undefined @param {number|null} streamLostAt when our own stream fell silent
 */
export function staleSince(pbx, streamLostAt) {
  const since = pbx && pbx.link !== "up" ? pbx.since : null;
  if (since == null) return streamLostAt;
  return streamLostAt == null ? since : Math.min(since, streamLostAt);
}

/** Server time by exchange that stands still where there is no link: no duration is invented across a gap. */
export function stillClock(floor, now, streamLostAt) {
  return (id) => staleSince(floor.pbxs.get(id), streamLostAt) ?? now;
}

/** Exchanges of the board without a link, as `{id, name, link, since, reason}`, longest first. */
export function lostLinks(floor) {
  return [...floor.pbxs]
    .filter(([, pbx]) => pbx.link !== "up")
    .map(([id, pbx]) => ({ id, name: pbx.name, link: pbx.link, since: pbx.since, reason: pbx.reason }))
    .sort((one, other) => one.since - other.since);
}

/** Today's closed gaps of all exchanges, newest first: `{name, from, until}`. */
export function gapsToday(floor) {
  return [...floor.pbxs.values()]
    .flatMap((pbx) => (pbx.gaps ?? []).map(([from, until]) => ({ name: pbx.name, from, until })))
    .filter((gap) => gap.until != null)
    .sort((one, other) => other.from - one.from);
}
