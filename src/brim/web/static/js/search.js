// Search: `/` opens it on every page of the reference. The index is asked for once, when it is first needed.

import { placed } from "./place.js";

const MOST = 12;
let index = null;

async function loadIndex() {
  index ??= await (await fetch(placed("/docs/api/search.json"))).json();
  return index;
}

/** The entries that hold every word; those with the words in the title first. */
function find(entries, wanted) {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const hits = entries.filter((entry) => words.every((word) => entry.words.includes(word)));
  const inTitle = (entry) => words.every((word) => entry.title.toLowerCase().includes(word));
  return [...hits.filter(inTitle), ...hits.filter((entry) => !inTitle(entry))].slice(0, MOST);
}

function item(entry) {
  const row = document.createElement("li");
  const link = document.createElement("a");
  const where = document.createElement("span");
  link.href = placed(entry.url);
  link.textContent = entry.title;
  where.textContent = entry.where;
  link.append(where);
  row.append(link);
  return row;
}

function isTyping(element) {
  return element.closest("input, textarea, select, [contenteditable], .xterm") !== null;
}

export function startSearch(dialog) {
  const input = dialog.querySelector("[data-search-words]");
  const list = dialog.querySelector("[data-search-found]");
  const hint = dialog.querySelector("[data-search-hint]");
  let chosen = 0;

  function choose(number) {
    const links = [...list.querySelectorAll("a")];
    if (!links.length) return;
    chosen = (number + links.length) % links.length;
    links.forEach((link, place) => link.toggleAttribute("data-chosen", place === chosen));
    links[chosen].scrollIntoView({ block: "nearest" });
  }

  async function refresh() {
    const found = find(await loadIndex(), input.value);
    list.replaceChildren(...found.map(item));
    hint.textContent = !input.value.trim()
      ? "Type a word. Arrow keys choose, Enter opens, Escape closes."
      : `${found.length || "Nothing"} found.`;
    choose(0);
  }

  function open() {
    dialog.showModal();
    input.select();
    loadIndex();
  }

  for (const button of document.querySelectorAll("[data-search-open]")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      open();
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    event.preventDefault();
    open();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  input.addEventListener("input", refresh);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      choose(chosen + step);
    }
  });
  input.form.addEventListener("submit", (event) => {
    const link = list.querySelectorAll("a")[chosen];
    if (!link) return;
    event.preventDefault();
    dialog.close();
    location.assign(link.href);
  });
}
