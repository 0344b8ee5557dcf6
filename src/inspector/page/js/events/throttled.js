// Runs something at most once in a while. A browser ignores changes of the address that come too fast, as while a key
// is held down.

const PAUSE = 120;

/** @param {() => void} run @param {number} [pause] */
export function throttled(run, pause = PAUSE) {
  let last = -Infinity;
  /** @type {any} */
  let timer;
  const now = () => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    last = performance.now();
    run();
  };
  return {
    soon() {
      timer ??= setTimeout(now, Math.max(0, last + pause - performance.now()));
    },
    /** Runs at once what is still waiting. */
    now,
    stop: () => clearTimeout(timer),
  };
}
