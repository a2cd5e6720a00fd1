// Going through what waits: Escape leaves, the arrows go back and on. Without this file the links do the same.
"use strict";

const WAYS = {
  Escape: "[data-leave]",
  ArrowLeft: "[data-back]",
  ArrowRight: "[data-skip]"
};

document.addEventListener("keydown", (event) => {
  const way = WAYS[event.key];
  if (!way || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const typing = event.target.closest("input:not([type=checkbox]), select, textarea");
  if (event.key === "Escape" ? document.querySelector("[popover]:popover-open, dialog[open]") : typing) return;
  document.querySelector(way)?.click();
});
