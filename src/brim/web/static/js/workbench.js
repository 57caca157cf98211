// Keys for whoever settles statement lines: j and k walk along the rows, a number goes to a suggestion, u goes back.
// Without this script every row and button is reached by Tab.

const isTyping = (element) => element.matches("input, textarea, select, [contenteditable]");

function walk(step) {
  const rows = [...document.querySelectorAll("main a.row-link")];
  if (!rows.length) return;
  const now = rows.indexOf(document.activeElement);
  rows[Math.min(Math.max(now + step, 0), rows.length - 1)].focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else if (event.key === "u") document.querySelector(".crumbs a:last-of-type")?.click();
  else if (/^[1-9]$/.test(event.key)) document.querySelector(`[data-key="${event.key}"]`)?.focus();
  else return;
  event.preventDefault();
});
