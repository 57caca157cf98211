// What every page does: the theme's switch, times in the viewer's zone, buttons that copy, the Shell's key.
import "./menus.js";
import { maskedKey, withWholeKey } from "./own_key.js";
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

/** Puts a text on the clipboard. One that has to be fetched is promised at once: browsers allow it upon a click only. */
async function writeToClipboard(text) {
  if (!maskedKey || !text.includes(maskedKey)) return navigator.clipboard.writeText(text);
  const whole = withWholeKey(text).then((full) => new Blob([full], { type: "text/plain" }));
  return navigator.clipboard.write([new ClipboardItem({ "text/plain": whole })]);
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  const said = await writeToClipboard(source.dataset.full ?? source.textContent).then(
    () => "Copied",
    () => "Not copied",
  );
  const label = button.dataset.label ?? button.textContent;
  button.dataset.label = label; // so that a second click keeps it
  button.textContent = said;
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
localTimes(document);
// Pieces of a page that arrive later have times, too.
document.addEventListener("htmx:load", (event) => localTimes(event.target));
watchForShell();
