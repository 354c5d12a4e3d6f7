// Small manners of every page: menus close as people expect, dialogs open, a changed select sends its form,
// what scrolls sideways can be reached with the keyboard, and the open tab is in sight.
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

// On a narrow screen the tabs scroll, and the open one may be the last.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const row = tab.closest("ul");
  const { left, right } = tab.getBoundingClientRect();
  row.scrollLeft += (left + right - row.clientWidth) / 2 - row.getBoundingClientRect().left;
}

// Buttons that only a script can serve are hidden until it is there.
for (const opener of document.querySelectorAll("[data-open-dialog]")) opener.hidden = false;
