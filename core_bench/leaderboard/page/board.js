// The board: filters hide rows; what is hidden is said in words.
const form = document.getElementById("filters");
if (form) {
  const rows = [...document.querySelectorAll("#entries tbody tr")];
  const choices = [...form.querySelectorAll("select")];
  const search = document.getElementById("search");
  const filter = () => {
    const text = search.value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      const fits = choices.every((choice) => !choice.value || row.dataset[choice.id] === choice.value)
        && (!text || row.cells[1].textContent.toLowerCase().includes(text));
      row.hidden = !fits;
      shown += fits;
    }
    document.getElementById("found").textContent = `${shown} of ${rows.length} entries`;
  };
  for (const choice of choices) choice.addEventListener("change", filter);
  search.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
}
