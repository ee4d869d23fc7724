// What is polled replaces what is shown only where it differs: an opened part, a selection or a scrolled list stays.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  if (target && fragment && fragment.innerHTML === target.innerHTML) event.detail.shouldSwap = false;
});
