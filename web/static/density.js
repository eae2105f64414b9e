/** How large tiles can be so that all of them fit: pure geometry, so the board never scrolls. Lengths in pixels. */

/** Size of a tile in its own font size, per kind: the less room, the less it says. */
export const KINDS = {
  roomy: { width: 7.4, height: 4.1, least: 2.5, most: 4.2 },
  full: { width: 5.1, height: 2.55, least: 1.95, most: 4 },
  compact: { width: 6.1, height: 1.42, least: 1.15, most: 2.2 },
};

function candidate(kind, area, count, columns) {
  const rows = Math.ceil(count / columns);
  const width = (area.width - (columns - 1) * area.gap) / columns;
  const height = (area.height - (rows - 1) * area.gap) / rows;
  const { width: ems, height: lines, most } = KINDS[kind];
  const font = Math.min(width / (ems * area.stretch), height / lines, most * area.unit);
  return { kind, columns, rows, font };
}

/** The largest font with which `count` tiles of this kind fit; of equal ones the fewest rows. */
export function bestOf(kind, area, count) {
  let best = candidate(kind, area, count, 1);
  for (let columns = 2; columns <= count; columns += 1) {
    const other = candidate(kind, area, count, columns);
    if (other.font > best.font + 0.01) best = other;
  }
  return best;
}

function capacity(area) {
  const { width, height, least } = KINDS.compact;
  const font = least * area.unit;
  const columns = Math.max(1, Math.floor((area.width + area.gap) / (width * area.stretch * font + area.gap)));
  const rows = Math.max(1, Math.floor((area.height + area.gap) / (height * font + area.gap)));
  return { kind: "compact", columns, rows, font };
}

/**
 * The arrangement of `count` tiles in `area` {width, height, gap, unit, stretch}: the richest kind that is legible.
 * @returns {{kind, columns, rows, font, places}} `places` may be less than `count` when even the smallest do not fit
 */
export function arrange(area, count) {
  const needed = Math.max(count, 1);
  for (const kind of ["roomy", "full", "compact"]) {
    const best = bestOf(kind, area, needed);
    if (best.font >= KINDS[kind].least * area.unit) return { ...best, places: best.columns * best.rows };
  }
  const smallest = capacity(area);
  return { ...smallest, places: smallest.columns * smallest.rows };
}

/** Width of labels against the four digits that tiles are made for: longer ones make all tiles wider, within reason. */
export function stretchFor(labels) {
  const widths = labels.map(widthOf).sort((one, other) => one - other);
  const typical = widths[Math.floor(widths.length * 0.9)] ?? 0;
  return Math.min(1.6, Math.max(1, 1 + (typical - 2.4) * 0.11));
}

/** Estimated width of a text in ems: full-width characters count one, others a bit more than half. */
export function widthOf(text) {
  let width = 0;
  for (const letter of text ?? "") width += letter.codePointAt(0) > 0x2e7f ? 1 : 0.58;
  return width;
}
