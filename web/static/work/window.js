/** Which rows of a long list are worth being in the page: those one can see, and a few around them. Pure. */

const SPARE = 6;

/** `[first, end)` of `count` rows of `height` pixels, for a view of `room` pixels that begins `top` pixels down. */
export function windowOf({ top, room, height, count }) {
  const first = Math.max(0, Math.floor(top / height) - SPARE);
  const end = Math.min(count, Math.ceil((top + room) / height) + SPARE);
  return [Math.min(first, Math.max(0, count - 1)), Math.max(end, 0)];
}

/** Where the view must begin so that row `index` is wholly seen below `head` pixels that are always covered. */
export function reveal({ top, room, height, head }, index) {
  const [above, below] = [index * height - head, (index + 1) * height - room];
  if (top > above) return Math.max(0, above);
  return top < below ? below : top;
}

/** Puts `wanted` into `list` in this order, touching only what is not in place; the first `kept` children stay. */
export function place(list, wanted, kept = 0) {
  let cursor = list.children[kept] ?? null;
  for (const element of wanted) {
    if (element === cursor) cursor = cursor.nextElementSibling;
    else list.insertBefore(element, cursor);
  }
  while (cursor) {
    const next = cursor.nextElementSibling;
    cursor.remove();
    cursor = next;
  }
}

/** How many rows on a key leads, undefined: it leads nowhere; `page`: rows of a page. Pure. */
export const stepsOf = (key, page) => ({ ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity, PageDown: page, PageUp: -page })[key];
