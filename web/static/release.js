/** Picks up a new version by itself: once per version, and not all screens in the same second. */

const MEMORY = "floorwatch.reloaded-for";
const SPREAD_MS = 30000;

export class Release {
  /** @param {string} own this page's build */
  constructor(own, world = {}) {
    this.own = own;
    this.memory = world.memory ?? sessionStorage;
    this.reload = world.reload ?? (() => location.reload());
    this.random = world.random ?? Math.random;
    this.waiting = false;
  }

  /** The server says which build it is; a page that already reloaded for it and is still old leaves it at that. */
  seen(build) {
    if (build === this.own || this.waiting || this.memory.getItem(MEMORY) === build) return;
    this.waiting = true;
    this.memory.setItem(MEMORY, build);
    setTimeout(this.reload, this.random() * SPREAD_MS);
  }
}
