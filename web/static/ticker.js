/** The one timer of the page: everything that counts does so at the same moment, once a second. */

/** Calls `tick()` at every full second of `now()` (seconds); returns the way to stop it. */
export function everySecond(now, tick) {
  let timer = 0;
  const next = () => {
    const rest = 1000 - ((now() * 1000) % 1000);
    timer = setTimeout(run, rest + 5);
  };
  const run = () => {
    tick();
    next();
  };
  next();
  return () => clearTimeout(timer);
}
