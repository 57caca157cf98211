// Counts down to cut-offs and deadlines: the server has written how many seconds are left, so that the browser's own clock may be wrong.

const DAY = 86400;
const HOUR = 3600;

function words(seconds) {
  const left = Math.max(0, Math.ceil(seconds));
  if (left >= DAY) return `${Math.floor(left / DAY)} d ${Math.floor((left % DAY) / HOUR)} h`;
  if (left >= HOUR) return `${Math.floor(left / HOUR)} h ${Math.floor((left % HOUR) / 60)} min`;
  if (left >= 60) return `${Math.floor(left / 60)} min ${left % 60} s`;
  return `${left} s`;
}

function tick() {
  for (const element of document.querySelectorAll("[data-countdown]")) {
    element.dataset.ends ??= performance.now() + Number(element.dataset.countdown) * 1000;
    const left = (Number(element.dataset.ends) - performance.now()) / 1000;
    const { countdownWord: word = "in" } = element.dataset;
    const text = left > 0 || word !== "in" ? `${word} ${words(left)}` : "now";
    if (element.textContent !== text) element.textContent = text;
    if (left > 0 || element.dataset.over !== undefined) continue;
    element.dataset.over = "";
    element.closest("[data-live]")?.dispatchEvent(new CustomEvent("live"));
  }
}

tick();
setInterval(tick, 1000);
