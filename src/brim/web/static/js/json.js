// Colours JSON by wrapping its tokens; what it is given stays text.

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function token(text, kind) {
  const element = document.createElement("span");
  element.className = kind;
  element.textContent = text;
  return element;
}

function linked(element, target) {
  if (!target) return element;
  const link = document.createElement("a");
  link.href = target;
  link.append(element);
  return link;
}

/** Colours a JSON text; `linkOf` returns where a text leads, if anywhere. */
export function colouredJson(text, linkOf = () => null) {
  const pieces = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    pieces.push(text.slice(end, match.index));
    const [whole, string, colon, word] = match;
    if (string) pieces.push(colon ? token(string, "nt") : linked(token(string, "s2"), linkOf(string.slice(1, -1))), colon ?? "");
    else pieces.push(token(whole, word ? "kc" : "mi"));
    end = match.index + whole.length;
  }
  pieces.push(text.slice(end));
  return pieces;
}
