// Tables with checkboxes: one for all, a range with Shift, and how many are selected.
let last = null;

function boxes(form) {
  return [...form.querySelectorAll("input[data-bulk-item]")];
}

function show(form) {
  const all = boxes(form);
  const selected = all.filter((box) => box.checked).length;
  const head = form.querySelector("[data-bulk-all]");
  if (head) {
    head.checked = selected > 0 && selected === all.length;
    head.indeterminate = selected > 0 && selected < all.length;
  }
  // The one checkbox that means every row, also those on other pages.
  const everything = form.querySelector("[data-bulk-everything]:checked");
  const count = everything ? Number(everything.dataset.bulkEverything) : selected;
  for (const place of form.querySelectorAll("[data-bulk-count]")) place.textContent = `${count} selected`;
  for (const button of form.querySelectorAll("[data-bulk-action]")) button.disabled = count === 0;
}

document.addEventListener("click", (event) => {
  const box = event.target.closest("input[data-bulk-item]");
  if (!box) return;
  if (event.shiftKey && last?.isConnected) {
    const all = boxes(box.form);
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const other of all.slice(from, to + 1)) other.checked = box.checked;
  }
  last = box;
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-bulk]");
  if (!form) return;
  if (event.target.matches("[data-bulk-all]")) {
    for (const box of boxes(form)) box.checked = event.target.checked;
  }
  show(form);
});

function start() {
  for (const form of document.querySelectorAll("form[data-bulk]")) show(form);
}

start();
document.addEventListener("htmx:afterSettle", start);
