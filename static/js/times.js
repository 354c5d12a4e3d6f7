// Times stay right while a page is open, and their exact form is in the reader's own zone.
const STEPS = [
  [60, 60, "min"],
  [3600, 24, "h"],
  [86400, 14, "d"],
  [604800, 9, "wk"],
  [2629800, 18, "mo"],
  [31557600, Infinity, "y"],
];
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

// The same words as relative() in portal/templatetags/pages.py.
function relative(moment, now) {
  const seconds = Math.trunc((now - moment) / 1000);
  const gap = Math.abs(seconds);
  if (gap < 45) return "just now";
  const [size, , unit] = STEPS.find(([each, limit]) => gap < each * limit);
  const amount = `${Math.max(Math.floor(gap / size), 1)} ${unit}`;
  return seconds > 0 ? `${amount} ago` : `in ${amount}`;
}

function refresh(scope) {
  const now = Date.now();
  for (const element of scope.querySelectorAll("time[datetime*='T']")) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    element.title = exact.format(moment);
    const words = relative(moment.getTime(), now);
    if (element.textContent !== words) element.textContent = words;
  }
}

refresh(document);
setInterval(() => refresh(document), 30_000);
document.addEventListener("htmx:afterSettle", (event) => refresh(event.target));
