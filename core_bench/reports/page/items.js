// The item browser: filters, a list, and one item in full. Whatever a model wrote becomes text, never markup.
const data = JSON.parse(document.getElementById("data").textContent);
const PAGE = 200;
const $ = (id) => document.getElementById(id);
const state = { shown: [], selected: 0, length: PAGE };

function make(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

function option(value, title) {
  const node = make("option", "", title);
  node.value = value;
  return node;
}

function fill(id, values, all) {
  $(id).replaceChildren(option("", all), ...values.map(([value, title]) => option(value, title)));
}

function named(values) {
  return values.map((value) => [value, value.replaceAll("_", " ")]);
}

function setUp() {
  const unique = (values) => [...new Set(values)].sort();
  const programs = Object.values(data.programs);
  $("run").replaceChildren(...data.runs.map((run, place) => option(place, run.name)));
  if (data.comparing) $("run").value = "1";
  fill("verdict", named(data.verdicts), "all");
  fill("kind", [["sample", "outputs"], ["probe", "states"]], "all");
  fill("family", named(unique(programs.map((program) => program.family))), "all");
  fill("dimension", named(data.dimensions), "all");
  fill("transform", named(unique(programs.flatMap((program) => program.transforms))), "all");
  fill("change", [["lost", "lost"], ["gained", "gained"], ["right", "right in both"], ["wrong", "right in neither"]], "all");
  $("change-label").hidden = !data.comparing;
}

function right(run, item) {
  const replies = data.runs[run].replies[item];
  return replies ? replies.filter((reply) => reply[0] === 0).length / replies.length : null;
}

function change(run, item) {
  const [before, after] = [right(0, item), right(run, item)];
  if (before === null || after === null) return "";
  return after < before ? "lost" : after > before ? "gained" : before > 0 ? "right" : "wrong";
}

function matches(place) {
  const item = data.items[place];
  const program = data.programs[item.program];
  const run = Number($("run").value);
  const replies = data.runs[run].replies[place];
  if (!replies) return false;
  const wants = (id, test) => $(id).value === "" || test($(id).value);
  return wants("verdict", (kind) => replies.some((reply) => data.verdicts[reply[0]] === kind))
    && wants("change", (kind) => change(run, place) === kind)
    && wants("kind", (kind) => item.kind === kind)
    && wants("family", (family) => program.family === family)
    && wants("dimension", (dimension) => item.dimensions.includes(dimension))
    && wants("transform", (transform) => program.transforms.includes(transform))
    && wants("search", (text) => found(place, replies, text.toLowerCase()));
}

function found(place, replies, text) {
  const item = data.items[place];
  const code = () => data.programs[item.program].lines.map((line) => line.map((piece) => piece[1]).join("")).join("\n");
  return item.id.toLowerCase().includes(text) || code().toLowerCase().includes(text)
    || replies.some((reply) => reply[1].toLowerCase().includes(text));
}

function filter() {
  state.shown = data.items.map((_, place) => place).filter(matches);
  state.selected = 0;
  state.length = PAGE;
  $("found").textContent = `${state.shown.length.toLocaleString("en")} of ${data.items.length.toLocaleString("en")} items`;
  list();
  show();
}

function marks(place) {
  return data.runs.map((run) => {
    const replies = run.replies[place];
    if (!replies) return make("span", "other", " ");
    const verdict = replies[0][0];
    const name = data.verdicts[verdict];
    const mark = make("span", verdict === 0 ? "correct" : name === "wrong" ? "wrong" : "other", data.marks[verdict]);
    mark.title = `${run.name}: ${name.replaceAll("_", " ")}`;
    return mark;
  });
}

function list() {
  const entries = state.shown.slice(0, state.length).map((place, row) => {
    const name = make("bdi", "", data.items[place].id);
    const entry = make("div", "entry", make("span", "name", name), make("span", "marks", ...marks(place)));
    entry.id = `entry-${row}`;
    entry.setAttribute("role", "option");
    entry.title = data.items[place].id;
    entry.addEventListener("click", () => select(row));
    return entry;
  });
  if (state.shown.length > state.length) {
    const more = make("button", "more", `Show ${Math.min(PAGE, state.shown.length - state.length)} more`);
    more.type = "button";
    more.addEventListener("click", () => { state.length += PAGE; list(); mark(); });
    entries.push(more);
  }
  $("list").replaceChildren(...entries);
  mark();
}

function mark() {
  for (const old of $("list").querySelectorAll("[aria-selected=true]")) old.setAttribute("aria-selected", "false");
  const entry = $(`entry-${state.selected}`);
  if (!entry) return $("list").removeAttribute("aria-activedescendant");
  entry.setAttribute("aria-selected", "true");
  $("list").setAttribute("aria-activedescendant", entry.id);
  const [box, row] = [$("list").getBoundingClientRect(), entry.getBoundingClientRect()];
  if (row.top < box.top || row.bottom > box.bottom) entry.scrollIntoView({ block: "nearest" });
}

function select(row) {
  if (row < 0 || row >= state.shown.length) return;
  if (row >= state.length) { state.length = PAGE * Math.ceil((row + 1) / PAGE); list(); }
  state.selected = row;
  mark();
  show();
}

function codeOf(program) {
  const width = String(program.lines.length).length;
  const lines = program.lines.flatMap((line, place) => [
    make("span", "number-of-line", `${String(place + 1).padStart(width)}  `),
    ...line.map(([kind, text]) => (kind ? make("span", kind, text) : text)),
    "\n",
  ]);
  const code = make("pre", "code", ...lines);
  code.tabIndex = 0;
  return code;
}

function replyOf(run, place) {
  const replies = run.replies[place];
  if (!replies) return [];
  return replies.flatMap(([verdict, text, begin, end, cut], epoch) => {
    const name = data.verdicts[verdict];
    const tag = make("span", `tag ${verdict === 0 ? "correct" : name === "wrong" ? "wrong" : "other"}`, name.replaceAll("_", " "));
    const title = make("h4", "", run.name + (replies.length > 1 ? `, epoch ${epoch}` : ""));
    const letters = [...text];  // Python counts characters, JavaScript halves of some of them
    const pieces = begin === null ? [text]
      : [letters.slice(0, begin).join(""), make("mark", "", letters.slice(begin, end).join("")), letters.slice(end).join("")];
    const body = make("pre", "", ...pieces);
    body.tabIndex = 0;
    return [title, make("p", "", tag, cut ? make("span", "quiet", `the first ${letters.length} of ${cut} characters`) : ""), body];
  });
}

function show() {
  const place = state.shown[state.selected];
  if (place === undefined) return $("item").replaceChildren(make("p", "quiet", "No item fits these filters."));
  const item = data.items[place];
  const program = data.programs[item.program];
  const about = [program.family, ...item.dimensions, ...program.transforms.map((name) => name.replaceAll("_", " "))];
  const asked = item.question ?? `What does ${item.call} return?`;
  $("item").replaceChildren(
    make("h3", "", item.id),
    make("p", "quiet", about.join(" · ")),
    make("h4", "", "Question"), make("p", "", asked),
    make("h4", "", "Gold"), make("pre", "", item.gold),
    make("h4", "", "Program"), codeOf(program),
    ...data.runs.flatMap((run) => replyOf(run, place)),
  );
  $("item").scrollTop = 0;
}

function keys(event) {
  const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, j: 1, k: -1 };
  const last = state.shown.length - 1;
  if (event.key in moves) select(Math.max(0, Math.min(last, state.selected + moves[event.key])));
  else if (event.key === "Home") select(0);
  else if (event.key === "End") select(last);
  else return;
  event.preventDefault();
}

setUp();
for (const choice of $("filters").querySelectorAll("select")) choice.addEventListener("change", filter);
$("search").addEventListener("input", filter);
$("filters").addEventListener("submit", (event) => event.preventDefault());
$("list").addEventListener("keydown", keys);
filter();
