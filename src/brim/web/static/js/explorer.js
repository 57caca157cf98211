// The explorer: what its form holds becomes a line of code as one types, and a request to this very server on Send.
import { colouredJson } from "./json.js";
import { postSigned } from "./own_key.js";
import { placed } from "./place.js";

const PAUSE_MS = 150;
// A reader who only looks around must not move real money.
const TEST_KEY = /^(sk|rk)_test_\w+$/;

/** The key of who is not signed in, in this page's memory alone. */
let key = "";

/** What is sent: pairs of names and texts, without what was left empty. */
function pairsOf(form) {
  const pairs = [];
  for (const field of form.elements) {
    if (!field.name || field.name.startsWith("_") || !field.value.trim()) continue;
    if (field.dataset.lines === "list") {
      for (const line of linesOf(field)) pairs.push([field.name, line]);
    } else if (field.dataset.lines === "pairs") {
      for (const line of linesOf(field)) {
        const [name, ...rest] = line.split("=");
        pairs.push([`${field.name}[${name.trim()}]`, rest.join("=")]);
      }
    } else {
      pairs.push([field.name, field.value.trim()]);
    }
  }
  return pairs;
}

function linesOf(field) {
  return field.value.split("\n").map((line) => line.trim()).filter(Boolean);
}

/** The headers that the form holds, by their field; an empty one is not sent. */
function headersOf(form) {
  const names = { _idempotency_key: "Idempotency-Key", _account: "Stripe-Account" };
  const filled = Object.keys(names).map((name) => [name, form.elements.namedItem(name)?.value.trim()]);
  return filled.filter(([, text]) => text).map(([field, text]) => ({ field, name: names[field], text }));
}

/** A random key, also where the page came by plain HTTP and browsers have no `randomUUID`. */
function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function idOf(form) {
  const field = form.elements.namedItem("_id");
  return field ? field.value.trim() || field.placeholder : "";
}

/** The path with its ids; where it has two, the field holds them with a slash between. */
function withIds(path, text) {
  const places = path.match(/\{\w+\}/g) ?? [];
  const cut = places.length > 1 ? text.indexOf("/") : -1;
  const ids = cut < 0 ? [text] : [text.slice(0, cut), text.slice(cut + 1)];
  return path.replace(/\{\w+\}/g, () => encodeURIComponent(ids.shift() ?? ""));
}

/** Shows an error at the field that it is about; returns whether there is one. */
function showError(root, { param, message }) {
  if (param && param === root.dataset.place) return showError(root, { param: "_id", message });
  const outer = param?.replace(/\[[^\]]*\]$/, "");
  const names = [param, `${param}[]`, outer, `${outer}[]`];
  const place = [...root.querySelectorAll("[data-error-for]")].find((each) => names.includes(each.dataset.errorFor));
  if (!place) return false;
  place.textContent = message;
  place.hidden = false;
  const field = root.querySelector(`[name="${CSS.escape(place.dataset.errorFor)}"]`);
  field.setAttribute("aria-invalid", "true");
  for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  field.focus();
  return true;
}

function badge(text) {
  const element = document.createElement("span");
  element.className = "badge badge-accent";
  element.textContent = text;
  return element;
}

function clearErrors(root) {
  for (const place of root.querySelectorAll(".field-error")) place.hidden = true;
  for (const field of root.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

export function startExplorer(root) {
  const form = root.querySelector("[data-explorer-form]");
  const line = root.querySelector("#explorer-line");
  const shell = root.querySelector("[data-run-in-shell]");
  const { method, path, sampleUrl, sendUrl } = root.dataset; // `sendUrl` is there for who is signed in
  let timer = 0;
  let asked = 0;

  const pages = JSON.parse(root.dataset.pages);
  const filledIn = () => [
    ["_id", idOf(form)],
    ...headersOf(form).map(({ field, text }) => [field, text]),
    ...pairsOf(form),
  ];

  /** Where the dashboard shows an object of test mode, by its id. */
  function pageOf(text) {
    const prefix = /^([a-z]{2,5})_[0-9A-Za-z]{4,}$/.exec(text)?.[1];
    return pages[prefix] ? placed("/test" + pages[prefix].replace("{}", text)) : null;
  }

  /** The form as code, as a line for the Shell, and as a body: a form, or JSON in the second version of the API. */
  async function askSample() {
    const answer = await fetch(sampleUrl, { method: "POST", body: new URLSearchParams(filledIn()) });
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  }

  async function refreshLine() {
    const number = ++asked;
    const sample = await askSample();
    if (number !== asked) return; // something newer was asked for meanwhile
    line.innerHTML = sample.html; // marked up and escaped by the server
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(refreshLine, PAUSE_MS);
  }

  async function request() {
    if (sendUrl) return postSigned(sendUrl, filledIn());
    const target = placed(withIds(path, idOf(form)));
    const sent = new URLSearchParams(pairsOf(form));
    const headers = { Authorization: `Bearer ${key}` };
    for (const { name, text } of headersOf(form)) headers[name] = text;
    if (method === "POST") {
      const sample = await askSample();
      headers["Content-Type"] = sample.type;
      return fetch(target, { method, headers, body: sample.body, credentials: "omit" });
    }
    return fetch(sent.size ? `${target}?${sent}` : target, { method, headers, credentials: "omit" });
  }

  function showKeyError(message) {
    const place = root.querySelector("[data-error-key]");
    place.textContent = message;
    place.hidden = false;
    root.querySelector("[data-explorer-key]")?.focus();
  }

  async function send() {
    clearErrors(root);
    if (!sendUrl && !TEST_KEY.test(key)) {
      showKeyError(key ? "Use a test key: sk_test_… or rk_test_…" : "Enter a test key first.");
      return;
    }
    const odd = headersOf(form).find(({ text }) => !/^[\x20-\x7e]+$/.test(text));
    if (odd) {
      showError(root, { param: odd.field, message: "A header can contain only ASCII letters, digits and symbols." });
      return;
    }
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    try {
      const answer = await request();
      await showReply(answer);
    } catch {
      showText("The server could not be reached.", "No reply");
    } finally {
      button.disabled = false;
    }
  }

  async function showReply(answer) {
    const text = await answer.text();
    const isReplayed = answer.headers.get("Idempotent-Replayed") === "true";
    showText(text, `${answer.status} ${answer.statusText}`, isReplayed);
    if (answer.ok) return;
    const { error } = JSON.parse(text);
    if (error.type === "idempotency_error") error.param = "_idempotency_key";
    const isAboutKey = answer.status === 401 || (sendUrl && !error.param);
    if (!showError(root, error) && isAboutKey) showKeyError(error.message);
  }

  function showText(text, title, isReplayed = false) {
    const panel = root.querySelector("[data-explorer-reply]");
    panel.hidden = false;
    const head = panel.querySelector("figcaption span");
    head.textContent = title;
    if (isReplayed) head.append(" ", badge("Replayed: the first reply to this key"));
    root.querySelector("#explorer-reply").replaceChildren(...colouredJson(text, pageOf));
  }

  root.querySelector("[data-explorer-body]").hidden = false;
  root.querySelector("[data-explorer-key]")?.addEventListener("input", (event) => (key = event.target.value.trim()));
  form.addEventListener("input", soon);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  root.querySelector("[data-fresh-key]")?.addEventListener("click", () => {
    form.elements.namedItem("_idempotency_key").value = freshKey();
    soon();
  });
  // From beside the code at the top of the page.
  document.querySelector("[data-try]")?.addEventListener("click", (event) => {
    event.preventDefault();
    root.scrollIntoView();
    const field = root.querySelector("[data-explorer-key]") ?? form.querySelector("input, select, textarea") ?? form;
    field.focus({ preventScroll: true });
  });
  document.addEventListener("brim:language", refreshLine);
  // The launcher of the Shell shows this button, and runs the line when it hears of it.
  shell.addEventListener("click", async () => {
    const { line: wanted } = await askSample();
    document.dispatchEvent(new CustomEvent("brim:run", { detail: wanted }));
  });
  refreshLine();
}
