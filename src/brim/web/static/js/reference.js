// The reference: the language that is shown, the search, and the explorer.
import { startExplorer } from "./explorer.js";
import { placed } from "./place.js";
import { startSearch } from "./search.js";

const YEAR_S = 31536000;

/** The chosen language, in a cookie: the server then writes the page in it, and it holds without JavaScript, too. */
function remember(language) {
  document.cookie = `brim_language=${language}; path=${placed("/docs")}; max-age=${YEAR_S}; samesite=lax`;
}

function show(language) {
  for (const sample of document.querySelectorAll("[data-sample]")) sample.hidden = sample.dataset.sample !== language;
  for (const link of document.querySelectorAll("[data-language]")) {
    if (link.dataset.language === language) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  document.dispatchEvent(new CustomEvent("brim:language", { detail: language }));
}

function chooseLanguages(menu) {
  menu.addEventListener("click", (event) => {
    const link = event.target.closest("[data-language]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    remember(link.dataset.language);
    show(link.dataset.language);
    history.replaceState(null, "", location.pathname + location.hash);
  });
}

/** Opens what an address points into: a nested attribute may stand in folded ones. */
function unfoldTarget() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  target.scrollIntoView();
}

/** The button that unfolds, or folds, every attribute of a list. */
function unfoldAll(button) {
  const folds = document.getElementById(button.dataset.unfoldAll).querySelectorAll(":scope > li > details");
  const label = () => (button.textContent = [...folds].every((fold) => fold.open) ? "Collapse all" : "Expand all");
  button.hidden = false;
  button.addEventListener("click", () => {
    const open = ![...folds].every((fold) => fold.open);
    for (const fold of folds) fold.open = open;
    label();
  });
  for (const fold of folds) fold.addEventListener("toggle", label);
}

for (const button of document.querySelectorAll("[data-unfold-all]")) unfoldAll(button);
// On a narrow window the contents stand above the page, folded.
if (matchMedia("(max-width: 60rem)").matches) document.querySelector(".side-fold").open = false;
else document.querySelector(".side [aria-current]")?.scrollIntoView({ block: "nearest" });
for (const menu of document.querySelectorAll("[data-languages]")) chooseLanguages(menu);
for (const explorer of document.querySelectorAll("[data-explorer]")) startExplorer(explorer);
startSearch(document.querySelector("[data-search]"));
unfoldTarget();
addEventListener("hashchange", unfoldTarget);
