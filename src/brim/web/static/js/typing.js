// Whether a key is meant for what somebody types into, and whether single keys do anything (WCAG 2.1.4).
import { store } from "./store.js";

export const isTyping = (element) => element.closest("input, textarea, select, [contenteditable], .xterm") !== null;
export const singleKeysAreOn = () => store.get("shortcuts") !== "off";
export const switchSingleKeys = (on) => store.set("shortcuts", on ? "on" : "off");
