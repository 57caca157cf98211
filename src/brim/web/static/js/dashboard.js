// What pages of the dashboard do beside what every page does.
import "./keys.js";
import "./live.js";
import { startSearch } from "./search.js";

const search = document.querySelector("[data-search]");
if (search) startSearch(search, async (words) => {
  const reply = await fetch(`${search.dataset.searchFrom}?q=${encodeURIComponent(words)}`);
  if (!reply.ok || reply.redirected) throw new Error(reply.statusText);
  return reply.json();
});


// A form is sent once: a second press while the first is on its way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent !== undefined) event.preventDefault();
  form.dataset.sent = "";
});
// Come back by the browser's history, it may be sent again; its key sees to it that nothing happens twice.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
// An example of what to type follows the choice that it depends on, such as an amount's the currency.
document.addEventListener("change", ({ target }) => {
  const field = document.getElementById(target.dataset.exampleOf ?? "");
  if (field) field.placeholder = target.selectedOptions[0].dataset.example ?? "";
});
// What could not be fetched for another choice must not stand there as if it were about it.
for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, ({ target }) => {
    if (target.dataset?.unanswered) target.textContent = target.dataset.unanswered;
  });
}
// Where tabs don't fit, that of what is shown is in sight.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const tabs = tab.parentElement;
  tabs.scrollLeft = tab.offsetLeft - tabs.offsetLeft + tab.offsetWidth - tabs.clientWidth;
}
// Where the pages stand in a row that scrolls, this one is in sight.
const pages = document.querySelector(".side-pages");
const current = pages?.querySelector("[aria-current]");
if (current && pages.scrollWidth > pages.clientWidth) pages.scrollLeft = current.offsetLeft - pages.clientWidth / 2;
// Nor is it below the fold where they stand in a column.
const side = current?.closest(".side");
if (side && current.offsetTop + current.offsetHeight > side.clientHeight) side.scrollTop = current.offsetTop - side.clientHeight / 2;
