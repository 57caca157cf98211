// One pane's websocket. It is opened when something is to be sent, and again after it was lost.

import { placed } from "../place.js";

const PROTOCOL = "brim-shell-v1";
const OPENS_WITHIN_MS = 10_000;

export class Connection {
  #socket = null;
  #handlers;

  // `handlers` are functions by the type of a message, and `closed`.
  constructor(handlers) {
    this.#handlers = handlers;
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  open() {
    if (this.#socket) return;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    // A page of live mode says so; everywhere else the Shell works in test mode.
    const mode = document.documentElement.dataset.mode === "live" ? "?mode=live" : "";
    const socket = new WebSocket(`${scheme}://${location.host}${placed("/shell/socket")}${mode}`, PROTOCOL);
    this.#socket = socket;
    const timer = setTimeout(() => socket.close(), OPENS_WITHIN_MS);
    socket.addEventListener("open", () => clearTimeout(timer));
    socket.addEventListener("message", (event) => {
      const message = JSON.parse(event.data);
      this.#handlers[message.type]?.(message);
    });
    socket.addEventListener("close", () => {
      clearTimeout(timer);
      if (this.#socket === socket) this.#socket = null;
      this.#handlers.closed();
    });
  }

  send(message) {
    if (this.isOpen) this.#socket.send(JSON.stringify(message));
  }

  close() {
    this.#socket?.close(1000);
  }
}
