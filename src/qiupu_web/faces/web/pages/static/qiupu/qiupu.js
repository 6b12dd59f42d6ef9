// Small conveniences; every page works without them.
document.addEventListener("submit", (event) => {
  // A second press of the button: the server repeats its answer anyway, this only shows that the first one counts.
  const button = event.target.querySelector("button:not([type=button])");
  if (button && event.target.method === "post") setTimeout(() => { button.disabled = true; }, 0);
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form button[disabled]").forEach((button) => { button.disabled = false; });
});
document.querySelectorAll("[data-copies]").forEach((button) => {
  // The text can be marked and copied by hand; the button only saves that.
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copies);
    text.select();
    try { await navigator.clipboard.writeText(text.value); } catch { document.execCommand("copy"); }
    button.setAttribute("aria-live", "polite");
    button.textContent = button.dataset.done;
  });
});
document.querySelectorAll(".controls select").forEach((select) => {
  select.addEventListener("change", () => select.form.requestSubmit());
});
