// Copy buttons; they are hidden where a script cannot serve them.
for (const button of document.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const said = button.querySelector("[data-said]") ?? button;
  const before = said.dataset.before ?? said.textContent;
  said.dataset.before = before;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    said.textContent = "Copied";
  } catch {
    button.parentElement.querySelector("input, textarea")?.select();
    said.textContent = "Press Ctrl+C";
  }
  setTimeout(() => {
    said.textContent = before;
  }, 2000);
});
