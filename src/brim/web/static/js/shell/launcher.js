// Waits on every page for what opens the Shell, and only then loads it: a key, a play button, the Shell's own page.

let loading = null;

function styles(name) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL(name, import.meta.url);
  return new Promise((resolve) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", resolve); // it works without, if not as nicely
    document.head.append(link);
  });
}

async function load() {
  await Promise.all([styles("../../vendor/xterm-6.0.0.css"), styles("../../shell.css")]);
  return (await import("./dock.js")).shell;
}

function ready() {
  loading ??= load();
  return loading;
}

// What needs the Shell is hidden where no script runs.
function show(root) {
  for (const element of root.querySelectorAll("[data-run-in-shell]")) element.hidden = false;
}

export function watchForShell() {
  // At the window and before anybody else, by the key's place: on many keyboards it has another sign.
  window.addEventListener(
    "keydown",
    async (event) => {
      if (!event.ctrlKey || event.altKey || event.metaKey || event.code !== "Backquote") return;
      event.preventDefault();
      event.stopPropagation();
      if (!event.repeat) (await ready()).toggle();
    },
    true,
  );
  document.addEventListener("click", async (event) => {
    const line = event.target.closest?.("[data-run-in-shell]")?.dataset.runInShell;
    if (line) (await ready()).run(line);
    const opener = event.target.closest?.("[data-open-shell]");
    if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault(); // where no script runs, it leads to the Shell's own page
    (await ready()).open();
  });
  // For parts of a page that make up their line as one types.
  document.addEventListener("brim:run", async (event) => (await ready()).run(event.detail));
  show(document);
  document.addEventListener("htmx:load", (event) => show(event.target));
  if (document.querySelector("[data-shell-page]")) ready().then((shell) => shell.open());
}
