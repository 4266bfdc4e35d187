/* A comfort of the console: Ctrl+Enter (on a Mac also Command+Enter) uses the button that says so. */
"use strict";
document.querySelectorAll("[data-ctrl-enter]").forEach((button) => {
  button.form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    button.form.requestSubmit(button);
  });
});
