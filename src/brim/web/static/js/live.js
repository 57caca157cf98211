// Tells the regions of a page that show changing things to fetch themselves anew when something changed.

const main = document.querySelector("[data-live-from]");
const regions = () => document.querySelectorAll("[data-live]");
const fetchedAt = new Map(); // by the region's id
const waiting = new Set();
let source = null;

function fetchAnew(id) {
  waiting.delete(id);
  fetchedAt.set(id, Date.now());
  document.getElementById(id)?.dispatchEvent(new CustomEvent("live"));
}

// A region that costs much has a rest, in milliseconds: it is fetched once in it at most, and after the last change.
function fetchInTurn({ id, dataset }) {
  const rest = (fetchedAt.get(id) ?? 0) + Number(dataset.liveRest ?? 0) - Date.now();
  if (rest <= 0) fetchAnew(id);
  else if (!waiting.has(id)) {
    waiting.add(id);
    setTimeout(fetchAnew, rest, id);
  }
}

function refresh(changes, { first }) {
  for (const region of regions()) {
    const concerned = changes.beyond || region.dataset.live === "" || changes.objects.includes(region.dataset.live);
    // The first message comes soon after the page; whoever has begun to do something in it is not disturbed.
    if (concerned && !(first && region.contains(document.activeElement))) fetchInTurn(region);
  }
}

function open() {
  if (source || regions().length === 0) return;
  source = new EventSource(main.dataset.liveFrom);
  let first = true;
  source.addEventListener("change", (event) => {
    refresh(JSON.parse(event.data), { first });
    first = false;
  });
  source.addEventListener("over", () => location.reload());
}

function close() {
  source?.close();
  source = null;
}

// A browser has few connections to one server, so only what is looked at holds one.
function follow() {
  if (document.hidden) close();
  else open();
}

// When the session is over, what comes back is the page to sign in, from elsewhere: then this page goes there, too.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = event.detail;
  const asked = new URL(target.getAttribute("hx-get"), location.href);
  if (new URL(xhr.responseURL).pathname !== asked.pathname) {
    event.detail.shouldSwap = false;
    location.reload();
  } else if (!xhr.responseText.includes(`id="${target.id}"`)) {
    event.detail.shouldSwap = false;
  }
});

document.addEventListener("visibilitychange", follow);
addEventListener("pagehide", close);
// Who sends a form goes where it leads: that the session is over, as after signing out, must not lead elsewhere meanwhile.
document.addEventListener("submit", ({ target }) => {
  if (target.method === "post") close();
});
addEventListener("pageshow", follow);
follow();
