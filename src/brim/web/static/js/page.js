// What every page does: the theme's switch, times in the viewer's zone, buttons that copy, the Shell's key.
import { watchForShell } from "./shell/launcher.js";
import { localTimes } from "./times.js";
import { store } from "./store.js";

const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

function currentTheme() {
  return document.documentElement.dataset.theme ?? (systemIsDark.matches ? "dark" : "light");
}

function showTheme(button) {
  const next = currentTheme() === "dark" ? "light" : "dark";
  button.setAttribute("aria-label", `Switch to the ${next} theme`);
  button.hidden = false;
}

function switchTheme(button) {
  const next = currentTheme() === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  store.set("theme", next);
  showTheme(button);
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(source.dataset.full ?? source.textContent);
  const label = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = label), 1500);
}

for (const button of document.querySelectorAll("[data-theme-switch]")) {
  showTheme(button);
  button.addEventListener("click", () => switchTheme(button));
}
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (button) copy(button);
});
for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
localTimes(document);
// Pieces of a page that arrive later have times, too.
document.addEventListener("htmx:load", (event) => localTimes(event.target));
watchForShell();
