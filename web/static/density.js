/** How large tiles can be so that all of them fit: pure geometry, so the board never scrolls. Lengths in pixels. */

/** Size of a tile in its own font size, per kind: the less room, the less it says. `label`: widest label it is made for. */
export const KINDS = {
  roomy: { width: 7.4, height: 3.7, label: 3.6, least: 2.5, most: 4.2 },
  full: { width: 5.9, height: 2.4, label: 3.2, least: 1.9, most: 4 },
  compact: { width: 5.95, height: 1.36, label: 2.4, least: 1.15, most: 2.2 },
};
/** Labels of more ems than this are cut off: a board of names is still a board. */
const LONGEST_LABEL = 7;

/** Width of a tile in ems, for the area's labels and typeface. */
function tileWidth(kind, { label, wide }) {
  return wide * (KINDS[kind].width + Math.max(0, Math.min(label, LONGEST_LABEL) - KINDS[kind].label));
}

/** Small tiles stand closer together. */
export const gapOf = (kind, area) => area.gap * (kind === "compact" ? 0.5 : 1);

function candidate(kind, area, count, columns) {
  const rows = Math.ceil(count / columns);
  const gap = gapOf(kind, area);
  const width = (area.width - (columns - 1) * gap) / columns;
  const height = (area.height - (rows - 1) * gap) / rows;
  const { height: lines, most } = KINDS[kind];
  const font = Math.min(width / tileWidth(kind, area), height / lines, most * area.unit);
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
  const { height, least } = KINDS.compact;
  const font = least * area.unit;
  const gap = gapOf("compact", area);
  const columns = Math.max(1, Math.floor((area.width + gap) / (tileWidth("compact", area) * font + gap)));
  const rows = Math.max(1, Math.floor((area.height + gap) / (height * font + gap)));
  return { kind: "compact", columns, rows, font };
}

/**
 * The arrangement of `count` tiles in `area` {width, height, gap, unit, label, wide}: the richest kind that is legible.
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

/** Tiles of the front line, in units of the board: legible from afar, whatever else must shrink. */
const FRONT = { width: 12, height: 6.3, font: 2.4, longest: 4.6 };
/** From so many people on two lines of them, if the rest does not become too small for it. */
const CROWD = 80;
const SMALL = 1.5;

function withLane(area, count, rows) {
  const wider = Math.max(0, Math.min(area.label, FRONT.longest) - KINDS.full.label) * FRONT.font;
  const width = (FRONT.width + wider) * area.unit * area.wide;
  const columns = Math.max(2, Math.floor((area.width + area.gap) / (width + area.gap)));
  const height = rows * FRONT.height * area.unit + (rows - 1) * area.gap;
  const home = arrange({ ...area, height: area.height - height - 2 * area.gap }, count);
  return { columns, rows, slots: rows * columns, height, font: FRONT.font * area.unit, home };
}

/** The front line and, below it, the places of all: `{columns, rows, slots, height, font, home}`. */
export function laneFor(area, count) {
  const one = withLane(area, count, 1);
  if (count <= CROWD) return one;
  const two = withLane(area, count, 2);
  return two.home.places >= count && two.home.font >= SMALL * area.unit ? two : one;
}

/** Size of the tiles of both lists, and where each list begins: what `laneFor` gives, as the page will lay it out. */
export function spotsOf(area, lane) {
  const cells = ({ columns, rows }, height, gap, top) => ({
    columns,
    gap,
    top,
    width: (area.width - (columns - 1) * gap) / columns,
    height: (height - (rows - 1) * gap) / rows,
  });
  const top = lane.height + 2 * area.gap;
  return {
    lane: cells(lane, lane.height, area.gap, 0),
    home: cells(lane.home, area.height - top, gapOf(lane.home.kind, area), top),
  };
}

/** Width in ems that nine labels in ten keep to. */
export function typicalLabel(labels) {
  const widths = labels.map(widthOf).sort((one, other) => one - other);
  return widths[Math.floor((widths.length - 1) * 0.9)] ?? 0;
}

/** Estimated width of a text in ems: full-width characters count one, others a bit more than half. */
export function widthOf(text) {
  let width = 0;
  for (const letter of text ?? "") width += letter.codePointAt(0) > 0x2e7f ? 1 : 0.58;
  return width;
}
