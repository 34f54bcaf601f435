// The words of a claim light up while its card is looked at; the page works without.
"use strict";

for (const card of document.querySelectorAll("[data-claim]")) {
  const words = document.querySelectorAll(`mark[data-claims~="${card.dataset.claim}"]`);
  const light = (on) => () => words.forEach((each) => each.classList.toggle("on", on));
  card.addEventListener("pointerenter", light(true));
  card.addEventListener("pointerleave", light(false));
  card.addEventListener("focusin", light(true));
  card.addEventListener("focusout", light(false));
}
// Words lead to their claim by a click; the number before them does so by keyboard.
for (const mark of document.querySelectorAll("mark[data-claims]")) {
  mark.addEventListener("click", () => {
    location.hash = `c-${mark.dataset.claims.split(" ")[0]}`;
  });
}
