// Lines of source can be marked by their numbers: a click marks one, with Shift up to there, and the address says so.
const RANGE = /^#L(\d+)(?:-L(\d+))?$/;

function marked() {
  const [, first, last] = RANGE.exec(location.hash) ?? [];
  if (!first) return null;
  const ends = [Number(first), Number(last ?? first)];
  return [Math.min(...ends), Math.max(...ends)];
}

function show() {
  for (const row of document.querySelectorAll("[data-lines] tr.marked")) row.classList.remove("marked");
  const range = marked();
  const link = document.querySelector("[data-permalink]");
  if (link) link.hash = range ? location.hash : "";
  if (!range) return;
  const last = Math.min(range[1], document.querySelectorAll("[data-lines] tr").length);
  for (let number = range[0]; number <= last; number += 1) {
    document.getElementById(`L${number}`)?.classList.add("marked");
  }
}

document.addEventListener("click", (event) => {
  const number = event.target.closest("[data-lines] a[href^='#L']");
  const range = marked();
  if (!number || !event.shiftKey || !range) return;
  event.preventDefault();
  const clicked = Number(number.hash.slice(2));
  const [first, last] = [Math.min(range[0], clicked), Math.max(range[0], clicked)];
  history.replaceState(null, "", `#L${first}-L${last}`);
  show();
});

addEventListener("hashchange", show);
document.addEventListener("htmx:afterSettle", show);
show();
const range = marked();
if (range && range[0] !== range[1]) document.getElementById(`L${range[0]}`)?.scrollIntoView({ block: "center" });
