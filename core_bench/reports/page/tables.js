// Tables: a click on a column's title sorts by it, numbers before text, and once more turns the order round.
function sortTable(table, column, direction) {
  const body = table.tBodies[0];
  const key = (row) => {
    const cell = row.cells[column];
    const value = cell.dataset.value;
    return value === undefined ? cell.textContent : value === "" ? -Infinity : Number(value);
  };
  const rows = [...body.rows].sort((left, right) => {
    const [a, b] = [key(left), key(right)];
    return direction * (typeof a === "string" ? a.localeCompare(b) : a - b);
  });
  body.append(...rows);
  [...table.tHead.rows[0].cells].forEach((head, place) => {
    if (place === column) head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
    else head.removeAttribute("aria-sort");
  });
}
for (const table of document.querySelectorAll("table[data-sortable]")) {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    head.querySelector("button").addEventListener("click", () => {
      const text = head.classList.contains("text");
      const now = head.getAttribute("aria-sort");
      const first = text ? 1 : -1;
      sortTable(table, column, now ? (now === "ascending" ? -1 : 1) : first);
    });
  });
}
