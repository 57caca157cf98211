// The line being typed: its text, the cursor, and what keys do to both. Knows no terminal and no page.

const WORD_BEFORE = /\S*\s*$/u;
const WORD_AFTER = /^\s*\S*/u;

export class LineEditor {
  #letters = []; // by character, so that the cursor never stands inside one
  #cursor = 0;

  get text() {
    return this.#letters.join("");
  }

  get before() {
    return this.#letters.slice(0, this.#cursor).join("");
  }

  get after() {
    return this.#letters.slice(this.#cursor).join("");
  }

  set(text) {
    this.#letters = [...text];
    this.#cursor = this.#letters.length;
  }

  insert(text) {
    const added = [...text];
    this.#letters.splice(this.#cursor, 0, ...added);
    this.#cursor += added.length;
  }

  // Puts a text in the place of so many characters before the cursor.
  replaceBefore(count, text) {
    this.#remove(count);
    this.insert(text);
  }

  // Carries out a key by its name and tells whether it is one that edits.
  press(key) {
    const action = KEYS[key];
    if (action) action.call(this);
    return action !== undefined;
  }

  move(steps) {
    this.#cursor = Math.min(Math.max(this.#cursor + steps, 0), this.#letters.length);
  }

  deleteBefore(count) {
    this.#remove(count);
  }

  deleteAfter(count) {
    this.#letters.splice(this.#cursor, count);
  }

  wordBefore() {
    return [...this.before.match(WORD_BEFORE)[0]].length;
  }

  wordAfter() {
    return [...this.after.match(WORD_AFTER)[0]].length;
  }

  #remove(count) {
    const start = Math.max(this.#cursor - count, 0);
    this.#letters.splice(start, this.#cursor - start);
    this.#cursor = start;
  }
}

const KEYS = {
  left() {
    this.move(-1);
  },
  right() {
    this.move(1);
  },
  home() {
    this.move(-Infinity);
  },
  end() {
    this.move(Infinity);
  },
  wordLeft() {
    this.move(-this.wordBefore());
  },
  wordRight() {
    this.move(this.wordAfter());
  },
  backspace() {
    this.deleteBefore(1);
  },
  delete() {
    this.deleteAfter(1);
  },
  deleteWord() {
    this.deleteBefore(this.wordBefore());
  },
  deleteToStart() {
    this.deleteBefore(Infinity);
  },
  deleteToEnd() {
    this.deleteAfter(Infinity);
  },
};

// What terminals send for keys. Source: the sequences of xterm.
const SEQUENCES = {
  "\x01": "home",
  "\x1b[H": "home",
  "\x1bOH": "home",
  "\x1b[1~": "home",
  "\x05": "end",
  "\x1b[F": "end",
  "\x1bOF": "end",
  "\x1b[4~": "end",
  "\x1b[D": "left",
  "\x1bOD": "left",
  "\x02": "left",
  "\x1b[C": "right",
  "\x1bOC": "right",
  "\x06": "right",
  "\x1bb": "wordLeft",
  "\x1b[1;3D": "wordLeft",
  "\x1b[1;5D": "wordLeft",
  "\x1bf": "wordRight",
  "\x1b[1;3C": "wordRight",
  "\x1b[1;5C": "wordRight",
  "\x7f": "backspace",
  "\b": "backspace",
  "\x1b[3~": "delete",
  "\x17": "deleteWord",
  "\x1b\x7f": "deleteWord",
  "\x15": "deleteToStart",
  "\x0b": "deleteToEnd",
  "\x1b[A": "up",
  "\x1bOA": "up",
  "\x10": "up",
  "\x1b[B": "down",
  "\x1bOB": "down",
  "\x0e": "down",
  "\r": "enter",
  "\t": "complete",
  "\x03": "interrupt",
  "\x0c": "clear",
};

// Returns the name of a key, or undefined for text.
export function keyOf(sequence) {
  return SEQUENCES[sequence];
}

// Returns what was pasted as one line: line ends become spaces, also those that a backslash continues; what steers a
// terminal is dropped.
export function pasted(text) {
  return text
    .replace(/[\r\n]+$/u, "")
    .replace(/\s*\\?\r?[\r\n]\s*/gu, " ")
    .replace(/\t/gu, " ")
    .replace(/[\u0000-\u001f\u007f-\u009f]/gu, "");
}

// Returns how many columns a text takes: two for each character that East Asian scripts and pictures draw wide.
export function columnsOf(text) {
  let columns = 0;
  for (const letter of text) columns += WIDE.test(letter) ? 2 : MARK.test(letter) ? 0 : 1;
  return columns;
}

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const MARK = /\p{Mark}/u;
