// Small comforts; every page works without them.
"use strict";

// The address of a question holds what was said and nothing else.
for (const form of document.querySelectorAll("form.ask, form.sheet")) {
  form.addEventListener("submit", () => {
    for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
  });
}
// A page that is come back to has its fields again.
addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll("form [disabled]")) field.disabled = false;
});

// The address of an answer, whole, on the clipboard.
const cite = document.querySelector("[data-cite]");
if (cite && navigator.clipboard) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = "Copy address";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(cite.href);
    button.textContent = "Copied";
  });
  cite.after(" ", button);
}
