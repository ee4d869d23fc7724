// Create algorithm: Read hyperparameters from the script. The proposals are the server's; the reader ticks which to take.
(() => {
  "use strict";

  const form = document.getElementById("algorithm-form");
  const dialog = document.getElementById("script");
  const body = dialog.querySelector("[data-script-body]");
  const take = dialog.querySelector("[data-script-take]");
  const { part, hyperparameters, showRestraint, changed, scriptFields } = window.argmaxHyperparameters;

  const open = async () => {
    body.replaceChildren();
    take.disabled = true;
    window.bootstrap.Modal.getOrCreateInstance(dialog).show();
    const data = new FormData();
    for (const name of ["csrfmiddlewaretoken", "pythonpath"]) data.append(name, form.elements[name].value);
    for (const [name, value] of Object.entries(scriptFields())) data.append(name, value);
    try {
      const response = await fetch(form.dataset.argumentsUrl, { method: "POST", body: data });
      if (!response.ok) throw new Error(response.statusText);
      body.innerHTML = await response.text(); // rendered and escaped by the server
    } catch {
      body.textContent = "The console does not answer. Try again.";
    }
    refresh();
  };

  const ticked = () => [...body.querySelectorAll("[data-take]:checked")];

  const refresh = () => {
    const all = body.querySelectorAll("[data-take]").length;
    const count = ticked().length;
    take.disabled = count === 0;
    take.textContent = count ? `Take ${count} ticked` : "Take ticked";
    const every = body.querySelector("[data-take-all]");
    if (!every) return;
    every.checked = count === all;
    every.indeterminate = count > 0 && count < all;
  };

  const fill = (values) => {
    const rows = form.querySelector('[data-rows="hyperparameters"]');
    const row = hyperparameters().find((one) => one.name === values.name)?.row ?? window.argmaxRows.add(rows);
    for (const [name, value] of Object.entries(values)) part(row, name).value = value;
    showRestraint(row);
    changed(part(row, "name"));
  };

  const accept = () => {
    const boxes = ticked();
    for (const box of boxes) fill(JSON.parse(box.parentElement.querySelector("script").textContent));
    if (boxes.some((box) => "flag" in box.dataset)) {
      const style = form.elements.boolean_style;
      style.value = "flag";
      style.closest("details").open = true;
      changed(style);
    }
    window.bootstrap.Modal.getInstance(dialog).hide();
  };

  form.addEventListener("click", (event) => {
    if (event.target.closest("[data-read-script]")) open();
  });
  body.addEventListener("change", (event) => {
    if (event.target.matches("[data-take-all]")) {
      for (const box of body.querySelectorAll("[data-take]")) box.checked = event.target.checked;
    }
    refresh();
  });
  take.addEventListener("click", accept);
})();
