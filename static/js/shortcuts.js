// Keys: / search, ? help, g h home, g c catalog, g q queue, j k o x in lists, t go to file, y permalink,
// n p (or ] [) in the files of a difference, Esc out of a field.
const PLACES = { h: "data-go-home", c: "data-go-catalog", q: "data-go-queue" };

let waitingForPlace = 0;

function typing(element) {
  return element.closest("input, textarea, select, [contenteditable='true'], dialog[open]");
}

function items() {
  return [...document.querySelectorAll("[data-list] [data-item]")];
}

function marked() {
  return document.querySelector("[data-item].marked");
}

function move(step) {
  const all = items();
  if (!all.length) return;
  const now = all.indexOf(marked());
  const next = now < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(now + step, 0), all.length - 1);
  all[now]?.classList.remove("marked");
  all[next].classList.add("marked");
  // The focus goes along, so that a screen reader says where one is and Enter opens it.
  all[next].querySelector("[data-open], a")?.focus({ preventScroll: true });
  all[next].scrollIntoView({ block: "nearest" });
}

// The files of a difference: the next one below, or the one above, comes to the top of the window.
function travel(step) {
  const files = [...document.querySelectorAll("[data-diff-file]")];
  const tops = files.map((file) => Math.round(file.getBoundingClientRect().top));
  const at = step > 0 ? tops.findIndex((top) => top > 2) : tops.findLastIndex((top) => top < -2);
  const file = files[at];
  if (!file) return;
  file.scrollIntoView({ block: "start" });
  file.querySelector("summary").focus({ preventScroll: true });
}

const KEYS = {
  "/": () => (document.querySelector(".search-box.large input") ?? document.getElementById("search"))?.focus(),
  "?": () => document.getElementById("shortcuts").showModal(),
  j: () => move(1),
  k: () => move(-1),
  o: () => marked()?.querySelector("[data-open], a")?.click(),
  x: () => marked()?.querySelector("input[type='checkbox']")?.click(),
  n: () => travel(1),
  "]": () => travel(1),
  p: () => travel(-1),
  "[": () => travel(-1),
  t: () => document.querySelector("[data-find-file]")?.click(),
  y: () => document.querySelector("[data-permalink]")?.click(),
  g: () => {
    waitingForPlace = Date.now();
  },
};

function go(key) {
  const place = PLACES[key] && document.querySelector(`[${PLACES[key]}]`);
  if (place) location.assign(place.href);
  return Boolean(place);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event.target)) {
    if (event.key === "Escape" && event.target.matches("input[type='search']")) event.target.blur();
    return;
  }
  const soon = Date.now() - waitingForPlace < 1500;
  waitingForPlace = 0;
  if (soon && go(event.key)) {
    event.preventDefault();
  } else if (Object.hasOwn(KEYS, event.key)) {
    event.preventDefault();
    KEYS[event.key]();
  }
});

document.addEventListener("focusin", (event) => {
  const item = event.target.closest("[data-item]");
  if (item && item !== marked()) {
    marked()?.classList.remove("marked");
  }
});
