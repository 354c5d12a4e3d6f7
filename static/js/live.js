// What asks for itself again (data-live) waits while nobody looks, and while somebody is in the middle of something
// beside it: a question, a field, an open form, a text that is being marked. Else it would be taken from their hands.
function isBusy(part) {
  const active = document.activeElement;
  const isTyping = part.contains(active) && active.matches("input, select, textarea");
  const isMarking = !document.getSelection().isCollapsed;
  const isAsked = document.querySelector("dialog[open]") !== null;
  return document.hidden || isAsked || isTyping || isMarking || part.querySelector("details[open]") !== null;
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt } = event.detail;
  if (elt.hasAttribute("data-live") && isBusy(elt.parentElement)) event.preventDefault();
});
