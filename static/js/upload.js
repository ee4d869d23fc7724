// Uploads with progress: [data-upload] forms, whole folders, and files dropped on [data-upload-drop="#form"].
// The form fires upload:done (bubbling, with detail.stored and detail.folder) when everything is stored; without this
// file it is a plain form.
(() => {
  "use strict";

  const MOST_FILES = 100; // per request; the server refuses more than 1,000
  const MOST_BYTES = 32 * 1024 * 1024;

  const count = (number, word) => `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;

  // Files travel in requests of bounded size; items are {file, path} or {file, archive: true}.
  function batches(items) {
    const made = [];
    let batch = [];
    let bytes = 0;
    for (const item of items) {
      const full = batch.length >= MOST_FILES || (batch.length && bytes + item.file.size > MOST_BYTES);
      if (full || (batch.length && (item.archive || batch[0].archive))) {
        made.push(batch);
        batch = [];
        bytes = 0;
      }
      batch.push(item);
      bytes += item.file.size;
    }
    if (batch.length) made.push(batch);
    return made;
  }

  function body(form, batch) {
    const data = new FormData();
    data.append("uri", form.elements.uri.value);
    data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    for (const item of batch) {
      if (item.archive) {
        data.append("archive", item.file);
      } else {
        data.append("files", item.file);
        data.append("paths", item.path);
      }
    }
    return data;
  }

  function send(form, batch, onProgress, upload) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      upload.cancel = () => request.abort();
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", (event) => onProgress(event.loaded));
      request.addEventListener("load", () => {
        let answer = {};
        try {
          answer = JSON.parse(request.responseText);
        } catch {
          // a page instead of JSON: the session has ended or a proxy answered
        }
        if (request.status === 200 && "stored" in answer) resolve(answer.stored);
        else reject(new Error(answer.error || refusal(request)));
      });
      request.addEventListener("error", () =>
        reject(new Error("The connection was lost, or a file changed while it was read. Try again.")),
      );
      request.addEventListener("abort", () => reject(new Error("Upload cancelled.")));
      request.send(body(form, batch));
    });
  }

  function refusal(request) {
    if (request.status === 200) return "You are signed out. Sign in again and repeat the upload.";
    if (request.status === 413) return "A file is larger than the server in front of the console accepts.";
    return `The server answered ${request.status}. Try again, or upload fewer files.`;
  }

  async function start(form, items) {
    if (!items.length || form.dataset.uploading) return;
    form.closest("details")?.setAttribute("open", "");
    form.parentElement.hidden = false;
    form.dataset.uploading = "yes";
    const upload = { cancelled: false, cancel: () => {} };
    const shown = show(form, items, upload);
    let stored = 0;
    let finished = 0;
    let bytes = 0;
    let failure = null;
    try {
      for (const batch of batches(items)) {
        if (upload.cancelled) throw new Error("Upload cancelled.");
        const size = batch.reduce((sum, item) => sum + item.file.size, 0);
        stored += await send(form, batch, (loaded) => shown.progress(bytes + Math.min(loaded, size), finished), upload);
        bytes += size;
        finished += batch.length;
        shown.progress(bytes, finished);
      }
    } catch (problem) {
      failure = problem;
    }
    delete form.dataset.uploading;
    form.reset();
    shown.end(failure, stored);
    const name = failure ? "upload:failed" : "upload:done";
    form.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: { stored, folder: folderOf(items) } }));
  }

  function show(form, items, upload) {
    const area = form.querySelector("[data-upload-progress]");
    const track = area.querySelector('[role="progressbar"]');
    const state = area.querySelector("[data-upload-state]");
    const error = form.querySelector("[data-upload-error]");
    const total = items.reduce((sum, item) => sum + item.file.size, 0);
    const cancel = area.querySelector("[data-upload-cancel]");
    cancel.onclick = () => {
      upload.cancelled = true;
      upload.cancel();
    };
    cancel.hidden = false;
    area.hidden = false;
    error.hidden = true;
    const progress = (bytes, finished) => {
      const percent = total ? Math.floor((100 * bytes) / total) : 100;
      track.setAttribute("aria-valuenow", percent);
      track.firstElementChild.style.width = `${percent}%`;
      const waiting = bytes >= total && finished < items.length;
      state.textContent = waiting
        ? items.some((item) => item.archive) ? "Unpacking…" : "Storing…"
        : `${percent} %, ${finished.toLocaleString("en")} of ${count(items.length, "file")}`;
    };
    progress(0, 0);
    const end = (failure, stored) => {
      cancel.hidden = area.hidden = true;
      error.hidden = !failure;
      if (!failure) {
        const detail = { text: `${count(stored, "file")} stored.`, level: "success" };
        document.dispatchEvent(new CustomEvent("toast", { detail }));
        return;
      }
      const kept = stored ? ` ${count(stored, "file")} had been stored before.` : "";
      error.textContent = failure.message + kept;
    };
    return { progress, end };
  }

  // The one folder that everything lies in, if there is one.
  function folderOf(items) {
    const tops = new Set(items.map(({ path, archive }) => (!archive && path.includes("/") ? path.split("/")[0] : "")));
    return tops.size === 1 ? [...tops][0] : "";
  }

  function ofInput(input) {
    const archive = input.name === "archive";
    return [...input.files].map((file) => ({ file, archive, path: file.webkitRelativePath || file.name }));
  }

  // What is dropped: files as they are, folders with everything in them.
  async function ofDrop(transfer) {
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (!entries.length) return [...transfer.files].map((file) => ({ file, path: file.name }));
    const found = [];
    for (const entry of entries) await collect(entry, "", found);
    return found;
  }

  async function collect(entry, above, found) {
    const path = above + entry.name;
    if (entry.isFile) {
      found.push({ path, file: await new Promise((resolve, reject) => entry.file(resolve, reject)) });
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const part = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)); // 100 at a time
      if (!part.length) return;
      for (const child of part) await collect(child, `${path}/`, found);
    }
  }

  function prepare(root) {
    root.querySelectorAll("[data-upload] [data-needs-script]").forEach((part) => (part.hidden = false));
    root.querySelectorAll("[data-upload-plain]").forEach((button) => (button.hidden = true));
  }

  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-upload]");
    if (form && event.target.type === "file") start(form, ofInput(event.target));
  });

  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-upload]")) event.preventDefault();
  });

  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");

  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault(); // a file dropped beside the zone must not replace the page
    const zone = event.target.closest("[data-upload-drop]");
    event.dataTransfer.dropEffect = zone ? "copy" : "none";
    document.querySelectorAll(".dropping").forEach((other) => other !== zone && other.classList.remove("dropping"));
    zone?.classList.add("dropping");
  });

  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.querySelector(".dropping")?.classList.remove("dropping");
  });

  document.addEventListener("drop", async (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    const zone = event.target.closest("[data-upload-drop]");
    if (!zone) return;
    zone.classList.remove("dropping");
    const form = document.querySelector(zone.dataset.uploadDrop);
    const items = await ofDrop(event.dataTransfer);
    if (form) start(form, items);
  });

  document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => prepare(document));
  else prepare(document);
})();
