// Keys for whoever settles statement lines and transfers: j and k walk along the rows, a number goes to a suggestion, u
// goes back, ? shows them. Without this script every row and button is reached by Tab. Who speaks to the computer, or
// hits keys by mistake, turns them off, which this browser remembers (WCAG 2.1.4).
import { store } from "./store.js";

const isTyping = (element) => element.matches("input, textarea, select, [contenteditable]");
const help = document.querySelector("[data-shortcuts]");
let areOn = store.get("shortcuts") !== "off";

function walk(step) {
  const rows = [...document.querySelectorAll("main a.row-link")];
  if (!rows.length) return;
  const now = rows.indexOf(document.activeElement);
  rows[Math.min(Math.max(now + step, 0), rows.length - 1)].focus();
}

document.addEventListener("keydown", (event) => {
  if (!areOn || help.open || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else if (event.key === "u") document.querySelector(".crumbs a:last-of-type")?.click();
  else if (event.key === "?") help.showModal();
  else if (/^[1-9]$/.test(event.key)) document.querySelector(`[data-key="${event.key}"]`)?.focus();
  else return;
  event.preventDefault();
});

const button = document.querySelector("[data-shortcuts-open]");
button.hidden = false;
button.addEventListener("click", () => help.showModal());
help.querySelector("[data-shortcuts-close]").addEventListener("click", () => help.close());
help.addEventListener("click", (event) => event.target === help && help.close());
const choice = help.querySelector("[data-shortcuts-switch]");
choice.checked = areOn;
choice.addEventListener("change", () => {
  areOn = choice.checked;
  store.set("shortcuts", areOn ? "on" : "off");
});
