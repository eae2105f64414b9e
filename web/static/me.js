/** One's own record is read as it came; who listens while he reads it keeps the bar. */

if (sessionStorage.getItem("floor.listening")) import("./work/frame.js");
