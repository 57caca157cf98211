// Colours JSON by wrapping its tokens; what it is given stays text.

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function token(text, kind) {
  const element = document.createElement("span");
  element.className = kind;
  element.textContent = text;
  return element;
}

export function colouredJson(text) {
  const pieces = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    pieces.push(text.slice(end, match.index));
    const [whole, string, colon, word] = match;
    if (string) pieces.push(token(string, colon ? "nt" : "s2"), colon ?? "");
    else pieces.push(token(whole, word ? "kc" : "mi"));
    end = match.index + whole.length;
  }
  pieces.push(text.slice(end));
  return pieces;
}
