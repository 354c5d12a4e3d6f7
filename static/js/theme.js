// The switch between the system's scheme, light and dark; the choice is remembered on this machine.
const ORDER = ["auto", "light", "dark"];
const NAMES = { auto: "as the system", light: "light", dark: "dark" };

const root = document.documentElement;
const button = document.querySelector("[data-theme-switch]");

function show() {
  const now = root.dataset.theme ?? "auto";
  button.dataset.now = now;
  button.querySelector("[data-scheme-name]").textContent = NAMES[now];
  button.title = `Colours: ${NAMES[now]}`;
}

function turn() {
  const next = ORDER[(ORDER.indexOf(root.dataset.theme ?? "auto") + 1) % ORDER.length];
  if (next === "auto") delete root.dataset.theme;
  else root.dataset.theme = next;
  try {
    if (next === "auto") localStorage.removeItem("scheme");
    else localStorage.setItem("scheme", next);
  } catch {
    // Without storage the choice holds for this page.
  }
  show();
}

if (button) {
  button.hidden = false;
  button.addEventListener("click", turn);
  show();
}
