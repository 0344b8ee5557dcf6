// Minutes as bars: fills the minutes without events and joins minutes until the bars fit. Pure.

const MINUTE = 60_000;
/** Lengths of a bar in minutes. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1440];
const MOST = 90;

/**
 * @typedef {{ at: string, received: number, delivered: number, failed: number }} Minute
 * @typedef {{ from: number, to: number, received: number, delivered: number, failed: number }} Bucket
 * @param {Minute[]} minutes @param {number} from @param {number} to
 * @returns {{ buckets: Bucket[], step: number }} `step`: minutes per bar
 */
export function bucketsOf(minutes, from, to) {
  const span = Math.max(1, Math.ceil((to - from) / MINUTE));
  const step = STEPS.find((one) => span / one <= MOST) ?? Math.ceil(span / MOST);
  const length = step * MINUTE;
  const start = Math.floor(from / length) * length;
  /** @type {Bucket[]} */
  const buckets = [];
  for (let at = start; at < to; at += length) buckets.push({ from: at, to: at + length, received: 0, delivered: 0, failed: 0 });
  for (const { at, received, delivered, failed } of minutes) {
    const bucket = buckets[Math.floor((Date.parse(at) - start) / length)];
    if (!bucket) continue;
    bucket.received += received;
    bucket.delivered += delivered;
    bucket.failed += failed;
  }
  return { buckets, step };
}

/** A round number at or above the largest value, for the axis. @param {number} largest */
export function ceiling(largest) {
  if (largest <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(largest));
  return /** @type {number} */ ([1, 2, 4, 5, 10].map((factor) => factor * power).find((value) => value >= largest));
}

/** The place of a duration on a logarithmic axis from 1 ms to 30 s, from 0 to 1. @param {number} millis */
export function onAxis(millis) {
  const [low, high] = [Math.log10(1), Math.log10(30_000)];
  return Math.min(1, Math.max(0, (Math.log10(Math.max(1, millis)) - low) / (high - low)));
}
