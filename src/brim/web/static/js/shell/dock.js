// The dock at the bottom of every page, and the same panes on a page of their own.
import { store } from "../store.js";
import { Pane } from "./pane.js";

const MOST_PANES = 4;
const HEIGHTS = ["low", "half", "high"];

class Shell {
  #panes = [];
  #active = null;
  #before = null; // what had the focus before

  // `place` is an element that takes the panes; without one they stand in a dock.
  constructor(place) {
    this.#isDock = !place;
    this.element = build(this.#isDock);
    this.#room = this.element.querySelector("[data-panes]");
    this.element.addEventListener("click", (event) => this.#click(event));
    this.element.addEventListener("keydown", (event) => this.#keyDown(event), true);
    this.element.addEventListener("focusin", (event) => this.#focused(event));
    (place ?? document.body).append(this.element);
    this.#setHeight(store.get("shell.height") ?? "half");
    new ResizeObserver(() => this.#panes.forEach((pane) => pane.fit())).observe(this.#room);
  }

  #isDock;
  #room;

  get isOpen() {
    return !this.element.hidden;
  }

  open() {
    if (!this.element.contains(document.activeElement)) this.#before = document.activeElement;
    this.element.hidden = false;
    document.documentElement.classList.toggle("has-shell", this.#isDock);
    if (this.#panes.length === 0) this.#addPane();
    this.#panes.forEach((pane) => pane.fit());
    this.#active.focus();
  }

  close() {
    this.element.hidden = true;
    document.documentElement.classList.remove("has-shell");
    this.#giveFocusBack();
  }

  // Closes what is open; what belongs to the page stays, and only the focus goes in and out.
  toggle() {
    if (!this.isOpen) this.open();
    else if (this.#isDock) this.close();
    else if (this.element.contains(document.activeElement)) this.#giveFocusBack();
    else this.open();
  }

  #giveFocusBack() {
    if (this.#before?.isConnected && this.#before !== document.body) this.#before.focus();
    else document.activeElement.blur();
  }

  run(line) {
    this.open();
    this.#active.run(line);
  }

  #addPane() {
    if (this.#panes.length >= MOST_PANES) return;
    const element = document.createElement("div");
    element.className = "shell-pane";
    this.#room.append(element);
    this.#active = new Pane(element, { changed: (whom) => this.#show(whom) });
    this.#panes.push(this.#active);
    this.#arranged();
    this.#active.focus();
  }

  #closePane() {
    if (this.#panes.length === 1) {
      if (this.#isDock) this.close();
      return;
    }
    const gone = this.#active;
    this.#panes = this.#panes.filter((pane) => pane !== gone);
    this.#active = this.#panes.at(-1);
    gone.close();
    this.#arranged();
    this.#active.focus();
  }

  #arranged() {
    for (const [index, pane] of this.#panes.entries()) {
      pane.terminal.textarea.setAttribute("aria-label", `Shell, pane ${index + 1}: command line`);
      pane.fit();
    }
    this.element.querySelector("[data-do=add]").disabled = this.#panes.length >= MOST_PANES;
    this.element.querySelector("[data-do=remove]").hidden = this.#panes.length === 1;
  }

  #show({ livemode }) {
    const badge = this.element.querySelector("[data-mode]");
    badge.textContent = livemode ? "Live mode: read-only" : "Test mode";
    badge.classList.toggle("badge-waiting", livemode);
    badge.hidden = false;
  }

  #setHeight(height) {
    this.element.dataset.height = HEIGHTS.includes(height) ? height : "half";
    document.documentElement.dataset.shellHeight = this.element.dataset.height;
    store.set("shell.height", this.element.dataset.height);
  }

  #click(event) {
    const action = event.target.closest?.("[data-do]")?.dataset.do;
    if (action === "add") this.#addPane();
    else if (action === "remove") this.#closePane();
    else if (action === "close") this.close();
    else if (action === "height") this.#setHeight(HEIGHTS[(HEIGHTS.indexOf(this.element.dataset.height) + 1) % HEIGHTS.length]);
  }

  #keyDown(event) {
    const opensPane = event.code === "KeyD" && ((event.altKey && event.shiftKey) || (event.metaKey && !event.ctrlKey));
    if (!opensPane) return;
    event.preventDefault();
    event.stopPropagation();
    this.#addPane();
  }

  #focused(event) {
    this.#active = this.#panes.find((pane) => pane.element.contains(event.target)) ?? this.#active;
  }
}

function build(isDock) {
  const element = document.createElement("section");
  element.className = isDock ? "shell shell-dock" : "shell shell-page";
  element.setAttribute("aria-label", "Shell");
  element.hidden = true;
  const head = document.createElement("div");
  head.className = "shell-head";
  head.append(
    text("h2", "Shell", { className: "shell-title" }),
    text("span", "", { className: "badge", hidden: true, attributes: { "data-mode": "" } }),
    button("add", "New pane", "Alt+Shift+D"),
    button("remove", "Close pane"),
    ...(isDock ? [button("height", "Height"), button("close", "Close", "Ctrl+`")] : []),
  );
  const panes = document.createElement("div");
  panes.className = "shell-panes";
  panes.dataset.panes = "";
  element.append(head, panes);
  return element;
}

function text(tag, content, { attributes = {}, ...properties }) {
  const element = document.createElement(tag);
  element.textContent = content;
  Object.assign(element, properties);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function button(action, label, keys) {
  const element = text("button", label, { type: "button", className: "button button-quiet button-small" });
  element.dataset.do = action;
  if (keys) element.title = `${label} (${keys})`;
  return element;
}

// One on each page: on the Shell's own page there, on any other in the dock.
export const shell = new Shell(document.querySelector("[data-shell-page]"));
