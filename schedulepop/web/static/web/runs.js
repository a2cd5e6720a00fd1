// Runs and set-up: dialogs open in place, a chosen file says its name, an upload shows how far it is.
// Without this file the links lead to pages and the form is sent as usual.
"use strict";

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog) {
      event.preventDefault();
      dialog.showModal();
    }
    return;
  }
  const closer = event.target.closest("[data-dialog-close]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog").close();
  }
});

document.addEventListener("change", (event) => {
  const input = event.target.closest(".drop input[type=file]");
  if (input) describe(input);
});
for (const kind of ["dragenter", "dragover"]) {
  document.addEventListener(kind, (event) => event.target.closest?.(".drop")?.classList.add("over"));
}
for (const kind of ["dragleave", "drop"]) {
  document.addEventListener(kind, (event) => event.target.closest?.(".drop")?.classList.remove("over"));
}

function describe(input) {
  const drop = input.closest(".drop");
  const form = input.form;
  const file = input.files[0];
  const most = Number(form.dataset.maxMb);
  drop.classList.toggle("chosen", Boolean(file));
  drop.querySelector(".drop-name").textContent = file ? file.name : "Choose a file, or drop it here";
  const tooLarge = file && file.size > most * 1024 * 1024;
  input.setCustomValidity(tooLarge ? `This file is larger than ${most} MB. Is it a payroll export?` : "");
  if (tooLarge) input.reportValidity();
}

document.addEventListener("htmx:xhr:progress", (event) => {
  const box = event.target.querySelector?.(".upload-progress");
  if (!box || !event.detail.lengthComputable) return;
  const share = Math.round((event.detail.loaded / event.detail.total) * 100);
  box.hidden = false;
  box.querySelector("progress").value = share;
  box.querySelector(".upload-share").textContent = share < 100 ? `${share}%` : "done, reading it";
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422 && event.detail.elt.closest?.(".upload")) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
document.addEventListener("htmx:afterRequest", (event) => {
  const box = event.target.querySelector?.(".upload-progress");
  if (box && event.detail.xhr.status >= 400) box.hidden = true;
});
