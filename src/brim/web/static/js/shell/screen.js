// The terminal of one pane: xterm in our colours and under our content policy.
import { FitAddon } from "../../vendor/xterm-addon-fit-0.11.0.mjs";
import { Terminal } from "../../vendor/xterm-6.0.0.mjs";

const COLOURS = {
  background: "--code-ground",
  foreground: "--ink",
  cursor: "--accent",
  cursorAccent: "--code-ground",
  selectionBackground: "--accent-wash",
  black: "--ink",
  red: "--bad",
  green: "--code-text",
  yellow: "--code-number",
  blue: "--code-key",
  magenta: "--code-word",
  cyan: "--code-word",
  white: "--ink-soft",
  brightBlack: "--code-quiet",
  brightRed: "--bad",
  brightGreen: "--good",
  brightYellow: "--waiting",
  brightBlue: "--code-key",
  brightMagenta: "--code-word",
  brightCyan: "--code-word",
  brightWhite: "--ink",
};

// Makes a terminal in an element and returns it with `fit`, which adapts it to the element's size.
export function openTerminal(element) {
  const terminal = new Terminal({
    convertEol: true,
    cursorBlink: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue("--mono").trim(),
    fontSize: 13,
    lineHeight: 1.35,
    screenReaderMode: true,
    scrollback: 5000,
    theme: theme(element),
  });
  const fitting = new FitAddon();
  terminal.loadAddon(fitting);
  withoutStyleElements(() => terminal.open(element));
  const repaint = () => (terminal.options.theme = theme(element));
  new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  return { terminal, fit: () => element.clientHeight > 0 && fitting.fit() };
}

// Calls `handle` with text that comes without a key, as from a picker of signs: where it is made for those who listen to
// the screen, xterm leaves such text out.
export function onTextWithoutKeys(textarea, handle) {
  let isKeyDown = false;
  textarea.addEventListener("keydown", () => (isKeyDown = true), true);
  textarea.addEventListener("keyup", () => (isKeyDown = false), true);
  textarea.addEventListener("input", (event) => {
    if (event.inputType !== "insertText" || !event.data || isKeyDown || event.isComposing) return;
    handle(event.data);
    textarea.value = "";
  });
}

// Returns the page's colours as they are now: the tokens are pairs, and only an element knows which of a pair counts.
function theme(element) {
  const probe = document.createElement("span");
  element.append(probe);
  const entries = Object.entries(COLOURS).map(([name, token]) => {
    probe.style.color = `var(${token})`;
    return [name, hex(getComputedStyle(probe).color)];
  });
  probe.remove();
  return Object.fromEntries(entries);
}

function hex(colour) {
  const [red, green, blue] = colour.match(/[\d.]+/gu).map(Number);
  return `#${[red, green, blue].map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
}

// xterm writes rules into <style> elements that it makes while it opens, which our policy forbids, as it forbids all
// styles that stand in a page. Style sheets that a script makes are allowed: so for that moment each such element is one
// that hands its text to a sheet.
function withoutStyleElements(open) {
  document.createElement = (tag, options) =>
    tag === "style" ? sheetElement() : Document.prototype.createElement.call(document, tag, options);
  try {
    open();
  } finally {
    delete document.createElement; // the prototype's is there again
  }
}

function sheetElement() {
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const element = Document.prototype.createElement.call(document, "template");
  Object.defineProperty(element, "textContent", { set: (rules) => sheet.replaceSync(rules) });
  element.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet);
    Element.prototype.remove.call(element);
  };
  return element;
}
