// How a person gets from moment to moment: keys, buttons, the slider, the map above it, the address.

// ---- the map: which line ran when; the loops and the depth of a run can be seen in it --------------

const canvas = $("map");
let background = null;
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function dots(context, moments, width, height) {
  const lines = [...byLine.keys()];
  const [first, last] = [Math.min(...lines), Math.max(...lines)];
  const size = Math.max(2, Math.min(5, (height - 4) / (last - first + 1)));
  const wide = Math.max(1.5, Math.min(8, width / count - 1));
  for (const moment of moments) {
    const x = count > 1 ? (moment / (count - 1)) * (width - wide) : 0;
    const y = 2 + ((lineAt(moment) - first) / Math.max(1, last - first)) * (height - 4 - size);
    context.fillRect(x, y, wide, size);
  }
}

function drawMap() {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const scale = devicePixelRatio || 1;
  if (!background) {
    canvas.width = width * scale;
    canvas.height = height * scale;
    background = new OffscreenCanvas(Math.max(1, canvas.width), Math.max(1, canvas.height));
    const context = background.getContext("2d");
    context.scale(scale, scale);
    context.fillStyle = colour("--next-bar");
    dots(context, Array(count).keys(), width, height);
  }
  const context = canvas.getContext("2d");
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.drawImage(background, 0, 0);
  context.scale(scale, scale);
  context.fillStyle = colour("--now-bar");
  dots(context, byLine.get(lineAt(current)), width, height);
  context.fillStyle = colour("--accent");
  context.fillRect(count > 1 ? (current / (count - 1)) * (width - 2) : 0, 0, 2, height);
}

function redraw() {
  background = null;
  if (count) drawMap();
}

// ---- moving ----------------------------------------------------------------------------------------------

let pending = 0;

function go(moment) {
  if (moment === undefined || !count) return;
  const target = Math.max(0, Math.min(count - 1, moment));
  if (target === current) return;
  current = target;
  show();
  clearTimeout(pending); // browsers refuse more than some hundred changes of the address in a few seconds
  pending = setTimeout(() => {
    history.replaceState(null, "", `#${current + 1}`);
    const changes = [...document.querySelectorAll("#state tr.changed")].map((row) => row.textContent);
    $("spoken").textContent = [$("facts").innerText, ...changes].join(", ").slice(0, 400);
  }, 150);
}

const moves = {
  first: () => go(0),
  back: () => go(current - 1),
  on: () => go(current + 1),
  last: () => go(count - 1),
  "same-back": () => go(neighbour(lineAt(current), current, -1)),
  "same-on": () => go(neighbour(lineAt(current), current, 1)),
};
const keys = {
  ArrowRight: "on", j: "on", ArrowLeft: "back", k: "back", ArrowDown: "same-on", ArrowUp: "same-back",
  "Shift+ArrowRight": "same-on", "Shift+ArrowDown": "same-on", "Shift+ArrowLeft": "same-back",
  "Shift+ArrowUp": "same-back", Home: "first", End: "last",
};

function help() {
  if ($("keys").open) $("keys").close();
  else $("keys").showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "?") {
    event.preventDefault();
    help();
    return;
  }
  if ($("keys").open) return;
  if (event.target === $("stdout") && /^(Arrow|Home|End)/.test(event.key)) return; // it scrolls there
  const arrow = event.key.startsWith("Arrow");
  const move = keys[arrow && event.shiftKey ? `Shift+${event.key}` : event.key];
  if (!move || !count) return;
  event.preventDefault();
  moves[move]();
});
for (const [id, move] of Object.entries(moves)) $(id).addEventListener("click", move);
$("help").addEventListener("click", help);
$("slider").addEventListener("input", () => go(Number($("slider").value) - 1));
canvas.addEventListener("click", (event) => go(Math.round((event.offsetX / canvas.clientWidth) * (count - 1))));
const fromHash = () => (/^#\d+$/.test(location.hash) ? Number(location.hash.slice(1)) - 1 : undefined);
addEventListener("hashchange", () => go(fromHash()));
addEventListener("resize", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

showFixed();
current = Math.max(0, Math.min(count - 1, fromHash() ?? 0));
show();
