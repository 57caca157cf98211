// The lines that were typed, in every pane of this browser, kept over reloads.
import { store } from "../store.js";

const MOST = 200;
// A line that begins with a blank, or shows a secret, is not kept.
const NOT_KEPT = /^\s|\b(?:sk|rk)_(?:test|live)_|\bwhsec_|account[-_]number/u;

function read() {
  try {
    const lines = JSON.parse(store.get("shell.history") ?? "[]");
    return Array.isArray(lines) ? lines.filter((line) => typeof line === "string") : [];
  } catch {
    return [];
  }
}

export function remember(line) {
  if (NOT_KEPT.test(line)) return;
  const lines = read().filter((earlier) => earlier !== line);
  store.set("shell.history", JSON.stringify([...lines, line].slice(-MOST)));
}

export function earlierLines() {
  return read();
}

// One walk along the lines, from the newest back and forth again; what was being typed waits at the end.
export class Walk {
  #lines = read();
  #place = this.#lines.length;
  #typed;

  constructor(typed) {
    this.#typed = typed;
  }

  step(by) {
    this.#place = Math.min(Math.max(this.#place + by, 0), this.#lines.length);
    return this.#lines[this.#place] ?? this.#typed;
  }
}
