// New events are added at once, or together if they come in quick succession: a burst is drawn a few times a second.

const PAUSE = 250;

/** @param {(rows: any[]) => void} take */
export function batched(take) {
  /** Oldest first. @type {any[]} */
  const waiting = [];
  let last = 0;
  /** @type {any} */
  let timer;
  const flush = () => {
    timer = undefined;
    last = performance.now();
    take(waiting.splice(0));
  };
  return {
    /** @param {any[]} rows */
    add(rows) {
      waiting.push(...rows);
      timer ??= setTimeout(flush, Math.max(0, last + PAUSE - performance.now()));
    },
    /** An event can change before it was handed on. @param {any[]} rows */
    update(rows) {
      for (const row of rows) {
        const at = waiting.findIndex(({ key }) => key === row.key);
        if (at >= 0) waiting[at] = row;
      }
    },
    stop: () => clearTimeout(timer),
  };
}
