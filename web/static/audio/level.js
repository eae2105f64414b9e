/** How loud it is, as a number and as a length. Pure. */

/** Root mean square of what was heard since it was last read, a side each; full scale is 1. */
export class Meter {
  constructor() {
    this.sums = [0, 0];
    this.count = 0;
  }

  hear(left, right, count = left.length) {
    for (let i = 0; i < count; i++) {
      this.sums[0] += left[i] * left[i];
      this.sums[1] += right[i] * right[i];
    }
    this.count += count;
  }

  read() {
    const levels = this.sums.map((sum) => (this.count ? Math.sqrt(sum / this.count) : 0));
    this.sums = [0, 0];
    this.count = 0;
    return levels;
  }
}

const FLOOR_DB = -60;

/** Decibels below full scale, no lower than −60. */
export const decibels = (rms) => Math.max(FLOOR_DB, 20 * Math.log10(Math.max(rms, 1e-9)));

/** How much of a meter is filled: −60 dB is empty, full scale is full. */
export const filled = (rms) => Math.max(0, Math.min(1, 1 - decibels(rms) / FLOOR_DB));
