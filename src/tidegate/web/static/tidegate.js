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

// A page whose answer is still being worked out: how far it is, and the whole page again once there is more to see.
const working = document.querySelector("[data-working]");
if (working) {
  const bar = working.querySelector("progress");
  const words = working.querySelector("[data-doing]");
  const seen = working.dataset.seen;
  const look = async () => {
    try {
      const answer = await fetch(working.dataset.working, { headers: { accept: "application/json" } });
      const { job, seen: now } = await answer.json();
      if (!job || job.state === "done" || job.state === "failed" || now !== seen) return location.reload();
      words.textContent = job.state === "waiting" ? `waits for ${job.ahead} before it` : job.doing;
      if (job.whole) [bar.max, bar.value] = [job.whole, job.done];
      else bar.removeAttribute("value");
    } catch { /* The site is away for a moment; the next look tells. */ }
    setTimeout(look, 1000);
  };
  setTimeout(look, 700);
}
