// Small manners of every page: menus close as people expect, dialogs open, a changed select sends its form,
// and what scrolls sideways can be reached with the keyboard.
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("click", (event) => {
  closeMenus(event.target.closest("details.menu"));
  const opener = event.target.closest("[data-open-dialog]");
  if (opener) document.getElementById(opener.dataset.openDialog)?.showModal();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

function reachable(scope) {
  for (const box of scope.querySelectorAll(".prose pre, .prose table, .code-block")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }
}

reachable(document);
document.addEventListener("htmx:afterSettle", (event) => reachable(event.target));

// Buttons that only a script can serve are hidden until it is there.
for (const opener of document.querySelectorAll("[data-open-dialog]")) opener.hidden = false;
