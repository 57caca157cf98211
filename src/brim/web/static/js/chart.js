// Shows the day of a chart that is pointed at, touched, or chosen by the arrow keys of the control under it.

const daysOf = (plot) => [...plot.querySelectorAll(".chart-day")];
const rangeOf = (plot) => plot.closest(".chart").querySelector(".chart-range");

function show(plot, index) {
  const day = daysOf(plot)[index];
  if (!day) return;
  const { x, y, day: date, amount, moved } = day.dataset;
  const tip = plot.querySelector(".chart-tip");
  const box = plot.querySelector("svg").viewBox.baseVal;
  plot.querySelector(".chart-mark").setAttribute("d", `M${x} 0V${box.height}M${x} ${y}h0`);
  tip.textContent = `${date}: ${amount}${moved ? ` (${moved})` : ""}`;
  tip.hidden = false;
  const middle = (Number(x) / box.width) * plot.clientWidth;
  const most = plot.clientWidth - tip.offsetWidth;
  tip.style.left = `${Math.max(0, Math.min(most, middle - tip.offsetWidth / 2))}px`;
  const range = rangeOf(plot);
  range.value = index;
  range.setAttribute("aria-valuetext", tip.textContent);
}

function hide(plot) {
  plot.querySelector(".chart-tip").hidden = true;
  plot.querySelector(".chart-mark").setAttribute("d", "");
}

function begin(root) {
  for (const range of root.querySelectorAll(".chart-range")) {
    range.hidden = false;
    range.setAttribute("aria-valuetext", daysOf(range.closest(".chart"))[range.value]?.dataset.day ?? "");
  }
}

// Charts are fetched anew with their page's region, so the document listens for them.
for (const kind of ["pointermove", "pointerdown"]) {
  document.addEventListener(kind, ({ target }) => {
    const day = target.closest?.(".chart-day");
    if (day) show(day.closest(".chart-plot"), daysOf(day.closest(".chart-plot")).indexOf(day));
  });
}
document.addEventListener("pointerout", ({ target, relatedTarget, pointerType }) => {
  const plot = target.closest?.(".chart-plot");
  if (plot && pointerType === "mouse" && !plot.contains(relatedTarget)) hide(plot);
});
for (const kind of ["input", "focusin"]) {
  document.addEventListener(kind, ({ target }) => {
    if (target.matches?.(".chart-range")) show(target.closest(".chart").querySelector(".chart-plot"), Number(target.value));
  });
}
document.addEventListener("focusout", ({ target }) => {
  if (target.matches?.(".chart-range")) hide(target.closest(".chart").querySelector(".chart-plot"));
});
document.addEventListener("keydown", ({ key, target }) => {
  if (key === "Escape" && target.matches?.(".chart-range")) hide(target.closest(".chart").querySelector(".chart-plot"));
});
document.addEventListener("htmx:load", (event) => begin(event.target));
begin(document);
