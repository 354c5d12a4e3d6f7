// A form, or one of its buttons, with data-confirm asks before it is sent, and says so by the field "confirmed".
// Without script the page behind it must ask.
const dialog = document.getElementById("confirm");
const confirmed = new WeakSet();

function ask(question, yes) {
  dialog.querySelector("#confirm-text").textContent = question;
  dialog.querySelector("[value='yes']").textContent = yes;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

// In the capture phase, so that htmx never sees a form that is still being asked about.
document.addEventListener(
  "submit",
  async (event) => {
    const form = event.target;
    const asker = event.submitter?.dataset.confirm ? event.submitter : form;
    if (!asker.dataset.confirm || confirmed.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const submitter = event.submitter;
    if (await ask(asker.dataset.confirm, asker.dataset.confirmYes ?? submitter?.textContent.trim() ?? "Go on")) {
      confirmed.add(form);
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "confirmed", value: "yes" }));
      form.requestSubmit(submitter);
    }
  },
  true,
);
