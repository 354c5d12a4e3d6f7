// Suggestions below a search field (the ARIA pattern "combobox with a list"). The server answers
// {"suggestions": [{"label", "detail", "url"}]}; Enter without a choice searches as if no script were there.
const WAIT = 150;

class Suggestions {
  constructor(input) {
    this.input = input;
    this.list = document.createElement("ul");
    this.list.className = "suggestions";
    this.list.id = `${input.id}-suggestions`;
    this.list.role = "listbox";
    this.list.ariaLabel = "Suggestions";
    this.list.hidden = true;
    input.after(this.list);
    input.role = "combobox";
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", this.list.id);
    input.ariaExpanded = "false";
    input.addEventListener("input", () => this.later());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.close());
    // A press would take the focus, and with it the list, away before the click arrives.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.open(event.target.closest("[role='option']")));
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  async ask() {
    this.request?.abort();
    const text = this.input.value.trim();
    if (text.length < 2) return this.close();
    this.request = new AbortController();
    try {
      const url = `${this.input.dataset.suggest}?q=${encodeURIComponent(text)}`;
      const answer = await fetch(url, { signal: this.request.signal, headers: { Accept: "application/json" } });
      if (answer.ok) this.show((await answer.json()).suggestions);
    } catch (error) {
      if (error.name !== "AbortError") this.close();
    }
  }

  show(suggestions) {
    if (document.activeElement !== this.input || !suggestions?.length) return this.close();
    this.list.replaceChildren(...suggestions.map((suggestion, index) => this.option(suggestion, index)));
    this.list.hidden = false;
    this.input.ariaExpanded = "true";
    this.input.removeAttribute("aria-activedescendant");
  }

  option({ label, detail, url }, index) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${index}`;
    option.role = "option";
    option.ariaSelected = "false";
    option.dataset.url = url;
    const name = document.createElement("span");
    name.textContent = label;
    option.append(name);
    if (detail) {
      const more = document.createElement("span");
      more.className = "soft";
      more.textContent = detail;
      option.append(more);
    }
    return option;
  }

  close() {
    this.request?.abort();
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.input.ariaExpanded = "false";
    this.input.removeAttribute("aria-activedescendant");
  }

  move(step) {
    const options = [...this.list.children];
    const now = options.findIndex((option) => option.ariaSelected === "true");
    const next = now < 0 ? (step > 0 ? 0 : options.length - 1) : now + step;
    if (now >= 0) options[now].ariaSelected = "false";
    const chosen = options[next];
    // Beyond either end is the field itself again.
    if (!chosen) return this.input.removeAttribute("aria-activedescendant");
    chosen.ariaSelected = "true";
    chosen.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", chosen.id);
  }

  open(option) {
    const url = option && new URL(option.dataset.url, location.href);
    if (url?.origin === location.origin) location.assign(url);
  }

  key(event) {
    if (this.list.hidden) {
      if (event.key === "ArrowDown") this.ask();
      return;
    }
    const chosen = this.list.querySelector("[aria-selected='true']");
    if (event.key === "ArrowDown") this.move(1);
    else if (event.key === "ArrowUp") this.move(-1);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && chosen) this.open(chosen);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

for (const input of document.querySelectorAll("input[data-suggest]")) new Suggestions(input);
