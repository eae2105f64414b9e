/** The floor as the stream tells it: entities by id, replaced whole. Pure; knows no page and no socket. */

export const KINDS = ["pbxs", "queues", "agents", "callers", "trunks", "figures", "history", "notices", "alerts", "requests", "breaches", "listenings"];

/** An empty floor, before the first snapshot. */
export function emptyFloor() {
  return Object.fromEntries(KINDS.map((kind) => [kind, new Map()]));
}

/** The floor of a snapshot; unknown kinds are left out, absent ones are empty. */
export function floorOf(parts) {
  return Object.fromEntries(KINDS.map((kind) => [kind, new Map(Object.entries(parts?.[kind] ?? {}))]));
}

/**
 * Applies a patch in place and tells which kinds it touched.
 * @returns {Set<string>}
 */
export function applyPatch(floor, patch) {
  const touched = new Set();
  for (const kind of KINDS) {
    for (const [id, entity] of Object.entries(patch.set?.[kind] ?? {})) {
      floor[kind].set(id, entity);
      touched.add(kind);
    }
    for (const id of patch.del?.[kind] ?? []) {
      if (floor[kind].delete(id)) touched.add(kind);
    }
  }
  return touched;
}

/** The exchanges a patch brings word from. */
export function exchangesIn(patch) {
  const heard = new Set();
  for (const kind of ["agents", "queues", "callers", "trunks"]) {
    for (const entity of Object.values(patch.set?.[kind] ?? {})) heard.add(entity.pbx);
  }
  return heard;
}

/** The queues this board shows, in its order: `[id, QUEUE]`; those not (yet) reported are left out. */
export function queuesOf(floor, board) {
  return board.queues.filter((id) => floor.queues.has(id)).map((id) => [id, floor.queues.get(id)]);
}
