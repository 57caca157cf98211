// Search: `/` and Ctrl+K open it. In the reference it looks in an index, which is asked for once; in the dashboard it asks
// the server.

import { placed } from "./place.js";
import { isTyping, singleKeysAreOn } from "./typing.js";

const MOST = 12;
const PAUSE_MS = 250;
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
  link.href = entry.href ?? placed(entry.url);
  link.textContent = entry.title;
  where.textContent = entry.where;
  link.append(where);
  row.append(link);
  return row;
}

async function findInIndex(words) {
  return find(await loadIndex(), words);
}

/** Makes a dialog a search; `look` returns what is found for words. */
export function startSearch(dialog, look = findInIndex) {
  const input = dialog.querySelector("[data-search-words]");
  const list = dialog.querySelector("[data-search-found]");
  const hint = dialog.querySelector("[data-search-hint]");
  const asks = look !== findInIndex;
  let chosen = 0;
  let latest = 0;
  let pause = null;
  let shown = null; // the words that the list is of

  function choose(number) {
    const links = [...list.querySelectorAll("a")];
    if (!links.length) return;
    chosen = (number + links.length) % links.length;
    links.forEach((link, place) => link.toggleAttribute("data-chosen", place === chosen));
    links[chosen].scrollIntoView({ block: "nearest" });
  }

  async function refresh() {
    const number = ++latest;
    const words = input.value.trim();
    const answer = await look(words).catch(() => null);
    if (number !== latest) return;
    shown = answer && words;
    const found = answer ?? [];
    list.replaceChildren(...found.map(item));
    hint.textContent = !answer
      ? "Search isn't available right now. Try again."
      : !words
      ? "Type to search. Arrow keys choose, Enter opens, Escape closes."
      : `${found.length || "Nothing"} found.`;
    choose(0);
  }

  function typed() {
    clearTimeout(pause);
    pause = setTimeout(refresh, asks ? PAUSE_MS : 0);
  }

  function open() {
    if (dialog.open) return;
    dialog.showModal();
    input.select();
    refresh();
  }

  for (const button of document.querySelectorAll("[data-search-open]")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      open();
    });
  }
  document.addEventListener("keydown", (event) => {
    const isCtrlK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    const isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!isCtrlK && !(isSlash && singleKeysAreOn() && !isTyping(event.target))) return;
    if (isCtrlK && event.target.closest(".xterm")) return; // there it is the Shell's
    event.preventDefault();
    open();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  input.addEventListener("input", typed);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      choose(chosen + step);
    }
  });
  input.form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (shown !== input.value.trim()) await refresh(); // Enter came before what was found
    const link = list.querySelectorAll("a")[chosen];
    if (!link) return;
    dialog.close();
    location.assign(link.href);
  });
}
