/* Comforts only: every page works without this file. */
"use strict";
(() => {
  const all = (selector, act) => document.querySelectorAll(selector).forEach(act);
  const swap = (button) => button.querySelectorAll("span").forEach((span) => { span.hidden = !span.hidden; });
  const FIRST = 250, WAIT = 1000, LONGEST = 10000;

  all("[data-reveal]", (button) => {
    const field = document.getElementById(button.dataset.reveal);
    const set = (type) => { if (field.type !== type) { field.type = type; swap(button); } };
    button.hidden = false;
    button.addEventListener("click", () => { set(field.type === "password" ? "text" : "password"); field.focus(); });
    // A browser keeps what a text field held; a password goes out as a password.
    field.form.addEventListener("submit", () => set("password"));
  });

  if (navigator.clipboard) all("[data-copy]", (button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
      swap(button);
      setTimeout(swap, 2000, button);
    });
  });

  all("[data-print]", (button) => { button.hidden = false; button.addEventListener("click", () => print()); });

  // The browser's own time zone is offered, unless one is chosen already.
  all("select[data-own-zone]", (list) => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (list.value || !zone?.includes("/")) return;
    list.value = zone;
    if (list.selectedIndex < 0) list.add(new Option(zone.split("/").pop().replaceAll("_", " "), zone, true, true), 1);
  });

  // Files that are too large are told of as soon as they are chosen, and never sent.
  all("[data-each]", (field) => {
    const { each, together, tooLarge, tooMuch } = field.dataset, said = document.createElement("p");
    said.className = "error";
    said.setAttribute("role", "alert");
    field.before(said);
    const judge = () => {
      const files = [...field.files], large = files.find((file) => file.size > each);
      const size = files.reduce((sum, file) => sum + file.size, 0);
      said.textContent = large ? tooLarge.replace("{name}", () => large.name) : size > together ? tooMuch : "";
      field.setCustomValidity(said.textContent);
    };
    field.addEventListener("change", judge);
    judge();
  });

  // A second press of the same button is dropped. The first one is forgotten when the page comes back from the browser's
  // cache, and after a while: the answer may have been a file, which leaves the page where it is.
  const release = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const wrong = form.querySelector("[data-each]:invalid");
    wrong?.focus();
    if (wrong || form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    form.querySelectorAll("button:not([type=button])").forEach((button) => button.setAttribute("aria-disabled", "true"));
    setTimeout(release, LONGEST, form);
  });
  addEventListener("pageshow", (event) => { if (event.persisted) all("form[data-sent]", release); });

  // Long work: ask soon, then each second, more slowly when nobody answers; load the page again when the work has ended.
  all("[data-progress-url]", (box) => {
    const bar = box.querySelector("progress"), figure = box.querySelector("[data-figure]");
    box.querySelector("[data-reload]").hidden = true;
    const ask = async (wait) => {
      try {
        const answer = await fetch(box.dataset.progressUrl, { headers: { Accept: "application/json" } });
        if (answer.status >= 500) throw answer;
        const { done, total, state, said } = answer.ok ? await answer.json() : {};
        if (!["waiting", "running"].includes(state)) return location.reload();
        if (total) { bar.max = total; bar.value = done; figure.textContent = said; }
        wait = Math.min(wait * 1.5, WAIT);
      } catch { wait = Math.min(wait * 2, LONGEST); }
      setTimeout(ask, wait, wait);
    };
    setTimeout(ask, FIRST, FIRST);
  });
})();
