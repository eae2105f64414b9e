/** How wide this display's own typeface is, against the one the board was drawn with: nothing may be cut off for it. */

const DRAWN_WITH = 0.6;
const PROBE_PX = 100;

/** Width of a bold digit in ems, over that of the drawing; at least one. Measured without touching the layout. */
export function wideness(family = getComputedStyle(document.body).fontFamily) {
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return 1;
  context.font = `700 ${PROBE_PX}px ${family}`;
  return Math.max(1, context.measureText("0").width / PROBE_PX / DRAWN_WITH);
}
