/** What a screen on a wall needs: no pointer, no burnt-in lines, no screen saver. */

const POINTER_RESTS_MS = 3000;
const SHIFT_MS = 60000;

/** Hides the pointer when it rests. */
export function hidePointer(root = document.documentElement) {
  let timer = 0;
  const rest = () => root.setAttribute("data-pointer", "resting");
  addEventListener("pointermove", () => {
    root.removeAttribute("data-pointer");
    clearTimeout(timer);
    timer = setTimeout(rest, POINTER_RESTS_MS);
  });
  rest();
}

/** Where the picture stands at step `n`: a slow walk of a few pixels around the centre that never repeats a jump. Pure. */
export function shiftAt(step) {
  return [Math.round(3 * Math.sin(step / 3)), Math.round(3 * Math.sin(step / 4 + 1))];
}

/** Moves the whole picture by a pixel now and then, so that lasting lines do not burn into the panel. */
export function shiftPixels(element) {
  let step = 0;
  setInterval(() => {
    step += 1;
    const [x, y] = shiftAt(step);
    element.style.transform = `translate(${x}px, ${y}px)`;
  }, SHIFT_MS);
}

/** Keeps the screen awake where the browser allows it (secure pages only); again whenever the page is seen again. */
export function keepAwake() {
  const ask = () => {
    if (!document.hidden) navigator.wakeLock?.request("screen").catch(() => {});
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}
