// The list of keys: `?` opens it, and it turns single keys off for who speaks to the computer or hits keys by mistake.
// Where a page has a list with keys of its own, that one opens instead.
import { isTyping, singleKeysAreOn, switchSingleKeys } from "./typing.js";

const help = document.querySelector("[data-keys]");
if (help && !document.querySelector("[data-shortcuts]")) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!singleKeysAreOn() || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    help.showModal();
  });
}
if (help) {
  const choice = help.querySelector("[data-keys-switch]");
  choice.checked = singleKeysAreOn();
  choice.addEventListener("change", () => switchSingleKeys(choice.checked));
  help.querySelector("[data-keys-close]").addEventListener("click", () => help.close());
  help.addEventListener("click", (event) => event.target === help && help.close());
}
