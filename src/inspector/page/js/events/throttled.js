// Runs something at most once in a while. A browser ignores changes of the address that come too fast, as while a key
// is held down.

const PAUSE = 120;

/** @param {() => void} run */
export function throttled(run) {
  let last = 0;
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
      timer ??= setTimeout(now, Math.max(0, last + PAUSE - performance.now()));
    },
    /** Runs at once what is still waiting. */
    now,
    stop: () => clearTimeout(timer),
  };
}
