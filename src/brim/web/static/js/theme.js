// Chooses light or dark before the first paint. A classic script in the head: a module would come too late.
"use strict";
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("brim.theme");
  } catch {
    // Storage may be forbidden; then the system's wish holds.
  }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
