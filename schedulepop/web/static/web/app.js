// What HTML cannot do alone. Every page works without this file; it only saves a click or a page load.
"use strict";

document.addEventListener("click", async (event) => {
  const target = event.target.closest("[data-close], [data-copy]");
  if (!target) return;
  if ("close" in target.dataset) target.closest(".toast, .notice").remove();
  if ("copy" in target.dataset) {
    const source = document.getElementById(target.dataset.copy);
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    toast("Copied.");
  }
});

// Buttons that only work with this file are hidden until it is there.
const reveal = (root) => root.querySelectorAll("[data-copy][hidden]").forEach((button) => {
  button.hidden = false;
});
document.addEventListener("DOMContentLoaded", () => reveal(document));
document.addEventListener("htmx:load", (event) => reveal(event.target));

// Selects that filter a list send their form at once where the form says so.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-autosend]");
  if (form && !form.hasAttribute("hx-get")) form.requestSubmit();
});

document.addEventListener("htmx:responseError", (event) => {
  const gone = event.detail.xhr.status === 404;
  fail(gone ? "This is not there any more. Reload the page." : "This could not be saved. Nothing has been changed.");
});
document.addEventListener("htmx:sendError", () => fail("There is no connection. Nothing has been changed."));

// A popover that did its work closes, and a fresh toast is read by screen readers because its region was there.
document.addEventListener("htmx:afterSwap", () => {
  for (const open of document.querySelectorAll("[popover]:popover-open")) open.hidePopover();
});

function toast(text) {
  const box = document.createElement("div");
  box.className = "toast";
  const words = document.createElement("span");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.dataset.close = "";
  close.textContent = "Close";
  box.append(words, close);
  document.getElementById("toasts").append(box);
}

function fail(text) {
  const main = document.getElementById("main");
  main.querySelector(".notice.from-script")?.remove();
  const box = document.createElement("p");
  box.className = "notice risk above from-script";
  box.setAttribute("role", "alert");
  box.append(document.createElement("span"), document.createElement("span"));
  box.lastChild.textContent = text;
  main.prepend(box);
}
