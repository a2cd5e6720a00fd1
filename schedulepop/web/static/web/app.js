// What HTML cannot do alone. Every page works without this file; it only saves a click or a page load.
"use strict";

document.addEventListener("click", async (event) => {
  const target = event.target.closest("[data-close], [data-copy], [data-print], [data-show]");
  if (!target) return;
  if ("close" in target.dataset) target.closest(".toast, .notice").remove();
  if ("print" in target.dataset) window.print();
  if ("show" in target.dataset) {
    const field = document.getElementById(target.dataset.show);
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    target.setAttribute("aria-pressed", String(!shown));
  }
  if ("copy" in target.dataset) {
    const source = document.getElementById(target.dataset.copy);
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    toast("Copied.");
  }
});

// Buttons that only work with this file are hidden until it is there.
const SCRIPTED = ["copy", "print", "show", "all"].map((name) => `[data-${name}][hidden]`).join();
const reveal = (root) => root.querySelectorAll(SCRIPTED).forEach((button) => {
  button.hidden = false;
});
document.addEventListener("DOMContentLoaded", () => reveal(document));
document.addEventListener("htmx:load", (event) => reveal(event.target));

// Of more tabs than a phone has room for, the one that is open is in sight.
document.addEventListener("DOMContentLoaded", () => {
  document.querySelector(".tabs [aria-current]")?.scrollIntoView({
    inline: "center",
    block: "nearest"
  });
});

// Selects that filter a list send their form at once where the form says so.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-autosend]");
  if (form && !form.hasAttribute("hx-get")) form.requestSubmit();
});

// Ticks of a list: all of them at once, and how many there are.
document.addEventListener("change", (event) => {
  const every = event.target.closest("[data-all]"),
    name = every?.dataset.all ?? event.target.name;
  const counter = document.querySelector(`[data-count="${CSS.escape(name ?? "")}"]`);
  if (!counter) return;
  const ticks = [...document.querySelectorAll(`input[name="${CSS.escape(name)}"]`)];
  if (every)
    for (const tick of ticks) tick.checked = event.target.checked;
  const ticked = ticks.filter((tick) => tick.checked).length;
  counter.textContent = ticked ? ` (${ticked})` : "";
  document.querySelector(`[data-all="${CSS.escape(name)}"] input`).checked = ticked === ticks.length;
});

// A form that takes a while says so, and is sent once.
document.addEventListener("submit", (event) => {
  const button = event.target.matches("form[data-busy]") && event.submitter;
  if (!button) return;
  if (button.getAttribute("aria-disabled") === "true") event.preventDefault();
  button.setAttribute("aria-disabled", "true");
  button.textContent = event.target.dataset.busy;
});
window.addEventListener("pageshow", (event) => event.persisted && location.reload());

document.addEventListener("htmx:responseError", (event) => {
  const words = {
    404: "This is not there any more. Reload the page.",
    503: "SchedulePop does not answer right now. Look at this page again in half a minute.",
  };
  fail(words[event.detail.xhr.status] ?? "This could not be saved. Nothing has been changed.");
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
