// One pane: what is typed goes into the line, a finished line to the service, and what comes back to the screen.
import { Connection } from "./connection.js";
import { columnsOf, keyOf, LineEditor, pasted } from "./editor.js";
import { earlierLines, remember, Walk } from "./history.js";
import { keptKey } from "./key.js";
import { onTextWithoutKeys, openTerminal } from "./screen.js";

const PROMPT = "$ ";
const KEY_PROMPT = "Test key: ";
const MAX_LINE = 16_384; // as the service has it
const MAX_AHEAD = 1_000; // keys that are typed while something runs
// In which keys wait for what the service answers.
const WAITING_STATES = new Set(["busy", "completing", "connecting"]);
const DIM = "\x1b[2m";
const RED = "\x1b[31m";
const RESET = "\x1b[0m";

export class Pane {
  #connection;
  #editor = new LineEditor();
  #walk = null;
  #state = "new"; // new, connecting, key (asks for one), ready, completing, busy, lost
  #waiting = []; // lines to run once that is possible
  #ahead = []; // what was typed while something ran
  #fresh = true; // whether the screen's cursor stands at the beginning of a row
  #row = 0; // the row of the cursor within the line being typed
  #askedFor = 0;
  #givenKey = "";

  // `changed` is called with `{ account, livemode }` once it is known whom the pane works for.
  constructor(element, { changed }) {
    this.element = element;
    this.#connection = new Connection({
      key_needed: () => this.#keyNeeded(),
      ready: (message) => this.#ready(message, changed),
      refused: (message) => this.#refused(message.text),
      output: (message) => this.#print(message.text),
      done: () => this.#prompt(),
      completions: (message) => this.#offer(message),
      goodbye: (message) => this.#print(`${DIM}${message.text}${RESET}\n`),
      closed: () => this.#closed(),
    });
    const { terminal, fit } = openTerminal(element);
    this.terminal = terminal;
    this.fit = fit;
    terminal.attachCustomKeyEventHandler((event) => this.#passes(event));
    terminal.onData((data) => this.#type(data));
    onTextWithoutKeys(terminal.textarea, (text) => this.#type(text));
    this.#connect();
  }

  focus() {
    this.terminal.focus();
  }

  close() {
    this.#connection.close();
    this.terminal.dispose();
    this.element.remove();
  }

  // Runs a line as if it had been typed, after whatever runs now.
  run(line) {
    this.#waiting.push(line);
    if (this.#state === "ready") this.#runWaiting();
    else if (this.#state === "lost") this.#connect();
  }

  // Which keys are the terminal's: Shift+Tab leaves it, and Ctrl+C with something selected copies.
  #passes(event) {
    if (event.key === "Tab" && event.shiftKey) return false;
    const copies = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "c";
    return !(copies && this.terminal.hasSelection());
  }

  #connect() {
    this.#state = "connecting";
    this.#connection.open();
  }

  #keyNeeded() {
    this.#givenKey = keptKey.get() ?? "";
    if (this.#givenKey) {
      this.#connection.send({ type: "key", key: this.#givenKey });
      return;
    }
    this.#say("Paste a test key to begin. It is hidden, and discarded when you close this tab.\n");
    this.#askForKey();
  }

  #askForKey() {
    this.#state = "key";
    this.#editor.set("");
    this.#draw();
  }

  #refused(text) {
    this.#say(`${RED}${text}${RESET}\n`);
    if (this.#state !== "connecting" && this.#state !== "key") return this.#prompt();
    keptKey.forget();
    return this.#askForKey();
  }

  #ready({ account, livemode }, changed) {
    if (this.#givenKey) keptKey.set(this.#givenKey);
    if (!this.element.dataset.greeted) {
      this.element.dataset.greeted = "";
      const mode = livemode ? "live mode, read-only" : "test mode";
      this.#say(
        `\x1b[1mWelcome to the Brim Shell${RESET} (${mode}${account ? `, ${account}` : ""}).\n` +
          'Run `stripe help` to list commands.\n' +
          "Tab completes, the arrow keys recall earlier commands, Ctrl+C stops.\n" +
          "Ctrl+` closes the Shell, Shift+Tab leaves the line.\n\n",
      );
    }
    changed({ account, livemode });
    this.#prompt();
  }

  #closed() {
    const was = this.#state;
    this.#state = "lost";
    if (was === "connecting") this.#say(`${RED}The service cannot be reached. Press Enter to try again.${RESET}\n`);
    else if (was !== "lost") this.#say(`${DIM}Disconnected. Press Enter to connect again.${RESET}\n`);
    if (was === "busy") this.#waiting = [];
    this.#ahead = [];
  }

  // What is typed.

  #type(data) {
    const key = keyOf(data);
    if (WAITING_STATES.has(this.#state)) {
      if (key === "interrupt" && this.#state === "busy") this.#interrupt();
      else if (this.#ahead.length < MAX_AHEAD) this.#ahead.push(data);
    } else if (this.#state === "lost") {
      if (key === "enter") this.#connect();
      else if (!key) this.#insert(data);
    } else {
      this.#edit(key, data);
    }
  }

  // Types what was typed ahead, up to the line that it ends.
  #catchUp() {
    while (this.#state === "ready" && this.#ahead.length > 0) this.#type(this.#ahead.shift());
  }

  #edit(key, data) {
    if (key === "enter") return this.#enter();
    if (key === "interrupt") return this.#abandon();
    if (key === "clear") this.terminal.clear();
    else if (key === "up" || key === "down") this.#recall(key === "up" ? -1 : 1);
    else if (key === "complete") return this.#complete();
    else if (key) this.#editor.press(key);
    else this.#insert(data);
    return this.#draw();
  }

  #insert(data) {
    const text = pasted(data);
    if (this.#editor.text.length + text.length > MAX_LINE) {
      this.#print(`\n${RED}This line is too long: at most ${MAX_LINE.toLocaleString("en")} characters.${RESET}\n`);
      this.#row = 0;
      return;
    }
    this.#editor.insert(text);
    this.#walk = null;
  }

  #recall(by) {
    if (this.#state !== "ready") return;
    this.#walk ??= new Walk(this.#editor.text);
    this.#editor.set(this.#walk.step(by));
  }

  #abandon() {
    this.#leaveLine("^C\n");
    this.#editor.set("");
    this.#walk = null;
    this.#draw();
  }

  #interrupt() {
    this.#print("^C\n");
    this.#waiting = [];
    this.#ahead = [];
    this.#connection.send({ type: "cancel" });
  }

  #enter() {
    const line = this.#editor.text;
    this.#leaveLine("\n");
    this.#editor.set("");
    this.#walk = null;
    if (this.#state === "key") {
      this.#givenKey = line.trim();
      this.#state = "connecting";
      this.#connection.send({ type: "key", key: this.#givenKey });
    } else {
      this.#carryOut(line);
    }
  }

  #carryOut(line) {
    const words = line.trim();
    if (words === "") return this.#prompt();
    remember(line);
    if (words === "history") {
      for (const [index, earlier] of earlierLines().entries()) this.#print(`${String(index + 1).padStart(4)}  ${earlier}\n`);
      return this.#prompt();
    }
    this.#state = "busy";
    return this.#connection.send({ type: "run", line: words, zone_minutes: -new Date().getTimezoneOffset() });
  }

  #runWaiting() {
    const line = this.#waiting.shift();
    this.#editor.set(line);
    this.#draw();
    this.#enter();
  }

  // Completion.

  #complete() {
    if (this.#state !== "ready") return;
    this.#askedFor += 1;
    this.#state = "completing";
    const line = this.#editor.before;
    this.#connection.send({ type: "complete", id: this.#askedFor, line, cursor: [...line].length });
  }

  #offer({ id, choices }) {
    if (id !== this.#askedFor || this.#state !== "completing") return;
    this.#state = "ready";
    if (choices.length > 0) this.#show(choices);
    this.#catchUp();
  }

  // Puts in what all choices begin with; where that is nothing new, shows them.
  #show(choices) {
    const partial = this.#editor.before.match(/\S*$/u)[0];
    const common = commonStart(choices);
    if (common.length > partial.length || choices.length === 1) {
      const ending = choices.length === 1 && !common.endsWith("=") ? " " : "";
      this.#editor.replaceBefore([...partial].length, common + ending);
    } else {
      this.#leaveLine("\n");
      this.#print(columns(choices, this.terminal.cols));
    }
    this.#draw();
  }

  // The screen.

  #print(text) {
    if (text === "") return;
    this.terminal.write(text);
    this.#fresh = text.endsWith("\n");
    this.#row = 0;
  }

  // Prints sentences of ours, whose rows end between words.
  #say(text) {
    const wide = this.terminal.cols;
    const row = new RegExp(`(?=[^\\n]{${wide + 1}})([^\\n]{1,${wide}}) +`, "gu");
    this.#print(text.replace(row, "$1\n"));
  }

  #prompt() {
    if (!this.#fresh) this.#print("\n");
    this.#state = "ready";
    if (this.#waiting.length > 0) this.#runWaiting();
    else this.#draw();
    this.#catchUp();
  }

  // Draws the line anew where it stands; it may take several rows.
  #draw() {
    const isKey = this.#state === "key";
    const shown = (text) => (isKey ? "•".repeat([...text].length) : text);
    const prompt = isKey ? KEY_PROMPT : PROMPT;
    const { before, after } = this.#editor;
    const wide = this.terminal.cols;
    const cursor = columnsOf(prompt + shown(before));
    const end = cursor + columnsOf(shown(after));
    const up = this.#row > 0 ? `\x1b[${this.#row}A` : "";
    // A line that just fills a row leaves the cursor behind the row's last column; a blank takes it to the next.
    const filled = end % wide === 0 ? " \r" : "";
    const back = Math.floor(end / wide) - Math.floor(cursor / wide);
    const column = cursor % wide;
    this.terminal.write(
      `${up}\r\x1b[J\x1b[1m${prompt}${RESET}${shown(before + after)}${filled}` +
        `${back > 0 ? `\x1b[${back}A` : ""}\r${column > 0 ? `\x1b[${column}C` : ""}`,
    );
    this.#row = Math.floor(cursor / wide);
    this.#fresh = true;
  }

  // Goes on below the line being typed, however many rows it takes.
  #leaveLine(text) {
    this.#editor.press("end");
    this.#draw();
    this.terminal.write(text);
    this.#row = 0;
  }
}

function commonStart(choices) {
  let common = choices[0];
  for (const choice of choices) while (!choice.startsWith(common)) common = common.slice(0, -1);
  return common;
}

// Returns choices side by side, as many as a row takes.
function columns(choices, wide) {
  const width = Math.max(...choices.map((choice) => choice.length)) + 2;
  const across = Math.max(1, Math.floor(wide / width));
  const rows = [];
  for (let index = 0; index < choices.length; index += across) {
    const row = choices.slice(index, index + across);
    rows.push(row.map((choice) => choice.padEnd(width)).join("").trimEnd());
  }
  return `${rows.join("\n")}\n`;
}
