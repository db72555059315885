// What is shown at a moment. Everything that a program decided becomes text (textContent), never markup.

const AROUND = 40; // characters shown on either side of what changed in a long value
const CUT = 240; // characters of a value that are shown unasked
const $ = (id) => document.getElementById(id);
function make(tag, className, ...content) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...content);
  return node;
}
const plural = (count, what) => `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
function ordinal(number) {
  const teen = number % 100 >= 11 && number % 100 <= 13;
  return number + ((!teen && { 1: "st", 2: "nd", 3: "rd" }[number % 10]) || "th");
}

// ---- values as text -------------------------------------------------------------------------------------

const clipped = (text, size) => (text.length > size ? `${text.slice(0, size)}…` : text);

/** Where two texts differ: [length of the common start, of the common end], at the ends of words. */
function difference(before, after) {
  const most = Math.min(before.length, after.length);
  const inWord = (text, at) => /[\w.'"-]/.test(text[at] || "");
  let start = 0;
  while (start < most && before[start] === after[start]) start++;
  while (start > 0 && inWord(after, start - 1)) start--;
  let end = 0;
  while (end < most - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  while (end > 0 && inWord(after, after.length - end)) end--;
  return [start, end];
}

const opened = new Set(); // names whose long values are shown whole

/** The nodes of a value, of a long one only what is around the part between `start` and `end`. */
function valueNodes(text, name, [start, end], isOld) {
  if (text.startsWith("<")) return [make("span", "marker", text)];
  const partEnd = text.length - end;
  const isPart = start > 0 || end > 0; // else all of it changed, or nothing
  let [from, to] = [0, text.length];
  if (text.length > CUT && !opened.has(name)) {
    from = isPart ? Math.max(0, start - AROUND) : 0;
    to = Math.min(text.length, from + CUT, isPart ? partEnd + AROUND : text.length);
  }
  const middle = text.slice(Math.max(from, start), Math.min(to, partEnd));
  const marked = !isOld && isPart && middle ? make("mark", "", middle) : middle;
  return [from > 0 ? "…" : "", text.slice(from, start), marked, text.slice(partEnd, to), to < text.length ? "…" : ""];
}

function toggle(name, text) {
  const label = opened.has(name) ? "show less" : `show all ${plural(text.length, "character")}`;
  const button = make("button", "more", label);
  button.type = "button";
  button.addEventListener("click", () => {
    if (!opened.delete(name)) opened.add(name);
    show();
  });
  return button;
}

function label(index) {
  const frame = frames[index];
  const values = Object.entries(frame.arguments).map(([name, text]) => `${name}=${clipped(text, 24)}`);
  return clipped(`${frame.function.split(".<locals>.").pop()}(${values.join(", ")})`, 90);
}

function link(text, moment, title) {
  const button = make("button", "link", text);
  button.type = "button";
  button.title = title;
  button.addEventListener("click", () => go(moment));
  return button;
}

// ---- what stays the same ------------------------------------------------------------------------------

const rows = data.lines.map((pieces, index) => {
  const line = index + 1;
  const text = make("span", "text", ...pieces.map(([kind, part]) => (kind ? make("span", kind, part) : part)));
  const indent = /^\s*/.exec(text.textContent)[0].replaceAll("\t", "    ").length;
  text.style.setProperty("--indent", String(Math.min(indent, 24)));
  const row = make("li", "", make("span", "number", String(line)), make("span", "arrow", " "), text);
  if (byLine.has(line)) {
    row.classList.add("known");
    row.classList.toggle("branches", branching.has(line));
    row.title = `runs ${plural(byLine.get(line).length, "time")}; a click goes to the next`;
    row.addEventListener("click", () => {
      if (String(getSelection())) return; // the person is copying
      go(neighbour(line, current, 1) ?? byLine.get(line)[0]);
    });
  }
  return row;
});

function showFixed() {
  $("call").textContent = data.call;
  $("origin").textContent = `${data.file} · Python ${data.python} · ${plural(frames.length, "call")} · ${data.observers}`;
  if (data.cut) {
    $("warning").textContent = `Recording ended early: ${data.cut}. What follows is not shown.`;
    $("warning").hidden = false;
  }
  $("lines").append(...rows);
  const value = data.value ?? "";
  if (data.status === "returned") {
    $("result").append("returns ", make("code", value.startsWith("<") ? "marker" : "", value));
  } else {
    const text = data.message ? `${data.exception}: ${data.message}` : data.exception;
    $("result").append("raises ", make("code", "bad", text ?? data.status));
  }
  $("printed").hidden = !data.stdout;
  $("slider").max = String(Math.max(count, 1));
  $("slider").disabled = count === 0;
}

// ---- what changes with the moment ---------------------------------------------------------------------

let current = 0;
let lit = [];

function mark(line, name, arrow) {
  const row = rows[line - 1];
  if (!row) return undefined;
  row.classList.add(name);
  row.children[1].textContent = arrow;
  lit.push(row);
  return row;
}

function showSource(step, phase) {
  for (const row of lit) {
    row.classList.remove("now", "next");
    row.removeAttribute("aria-current");
    row.children[1].textContent = " ";
    row.querySelector(".tag")?.remove();
  }
  lit = [];
  const next = phase === CALL ? lineAt(current + 1) : step[NEXT];
  if (next !== null && next !== step[LINE]) mark(next, "next", "▹");
  const row = mark(step[LINE], "now", "▶");
  if (!row) return;
  row.setAttribute("aria-current", "step");
  if (step[BRANCH] !== null && phase !== CALL) row.append(branchTag(step[BRANCH], ""));
  const box = $("source");
  const top = row.offsetTop - box.offsetTop;
  if (top < box.scrollTop + 24) box.scrollTop = Math.max(0, top - box.clientHeight / 3);
  else if (top + row.offsetHeight > box.scrollTop + box.clientHeight - 24) {
    box.scrollTop = top - (2 * box.clientHeight) / 3;
  }
}

const branchTag = (branch, lead) => make("span", `tag ${branch ? "yes" : "no"}`, `${lead}${branch ? "true" : "false"}`);
const suspendsAt = (moment) => turns[turnAt(moment)].suspends && turns[turnAt(moment)].last === moment;
const endsAt = (moment) => !turns[turnAt(moment)].suspends && turns[turnAt(moment)].last === moment;

function facts(frame, step, phase) {
  const found = [make("span", "lead", `Line ${step[LINE]}`)];
  const add = (text, kind = "plain") => found.push(make("span", `tag ${kind}`, text));
  if (phase === CALL) add("begins, and calls");
  if (phase === BACK) add("is back from its calls");
  if (phase === ON) add("goes on after the suspension");
  if (step[BRANCH] !== null && phase !== CALL) found.push(branchTag(step[BRANCH], "condition "));
  for (let at = 0; at < step[LOOPS].length; at += 2) {
    add(`loop on line ${step[LOOPS][at]}: iteration ${step[LOOPS][at + 1]}`);
  }
  if (step[OCCURRENCE] > 1) add(`${ordinal(step[OCCURRENCE])} time in this call`);
  if (step[RAISED] && phase !== CALL) add(`raises ${step[RAISED]}`, "bad");
  if (suspendsAt(current)) {
    found.push(make("span", "", "hands out ", make("code", "", clipped(step[YIELDED] ?? "a value", 120))));
    add(`${frame.function} is suspended`);
  }
  if (endsAt(current)) {
    if (frame.returned !== null) found.push(make("span", "", "returns ", make("code", "", clipped(frame.returned, 120))));
    else if (frame.raised) add(`${frame.function} ends by ${frame.raised}`, "bad");
  }
  if (frame.unclear) add(frame.unclear);
  return found;
}

function showMade(turn, index, phase) {
  const called = phase ? made.get(`${turn}:${index}`) || [] : [];
  $("made").replaceChildren(
    ...called.slice(0, 50).map((child) => {
      const { frame, first, last, suspends } = turns[child];
      const item = make("li", "", link(label(frame), first ?? current, "go into this call"));
      if (first !== undefined && kindAt(first) === ON) item.append(make("span", "plain", "goes on"));
      const { returned, raised, steps } = frames[frame];
      if (phase === BACK && suspends) {
        item.append(make("code", "", `⇠ ${clipped(last < 0 ? "…" : (steps[stepAt(last)][YIELDED] ?? "…"), 60)}`));
      } else if (phase === BACK) {
        item.append(make("code", raised ? "bad" : "", `→ ${raised ?? clipped(returned ?? "?", 60)}`));
      }
      return item;
    }),
    ...(called.length > 50 ? [make("li", "plain", `… and ${called.length - 50} more`)] : []),
  );
}

function showState(frameIndex, index, phase) {
  const frame = frames[frameIndex];
  const [before, after, changed] = statesAt(current);
  const body = [];
  for (const [name, text] of after) {
    const isChanged = Object.hasOwn(changed, name);
    if (text === UNBOUND && !isChanged) continue;
    body.push(stateRow(name, text, isChanged, before.get(name), Object.hasOwn(frame.arguments, name)));
  }
  $("state").tBodies[0].replaceChildren(...body);
  $("state").hidden = body.length === 0;
  $("stateless").hidden = body.length > 0;
  const line = frame.steps[index][LINE];
  const waits = suspendsAt(current) ? `while line ${line} is suspended` : `after line ${line}`;
  $("when").textContent =
    `of ${label(frameIndex)}, ` + (phase === CALL ? `while line ${line} waits for its calls` : waits);
}

function stateRow(name, text, isChanged, old, isArgument) {
  const hadValue = old !== undefined && old !== UNBOUND;
  const kind = !isChanged ? (isArgument ? "argument" : "") : text === UNBOUND ? "deleted" : hadValue ? "changed" : "new";
  const head = make("th", "", name);
  head.scope = "row";
  const cell = make("td", "");
  const apart = isChanged && hadValue && text !== UNBOUND ? difference(old, text) : [0, 0];
  if (isChanged && hadValue) {
    cell.append(make("del", "old", ...valueNodes(old, name, apart, true)));
    if (text !== UNBOUND) cell.append(make("span", "to", old.length + text.length > 44 ? "\n→ " : " → "));
  }
  if (text !== UNBOUND) cell.append(make("span", "value", ...valueNodes(text, name, apart, false)));
  const longest = hadValue && isChanged && old.length > text.length ? old : text;
  if (longest.length > CUT) cell.append(toggle(name, longest));
  const row = make("tr", isChanged ? "changed" : "", head, cell, make("td", "kind", kind));
  row.dataset.name = name;
  return row;
}

function showStack(turn) {
  const chain = [];
  for (let index = turn; index >= 0; index = turns[index].caller) chain.push(index);
  const item = (index, place) => {
    const name = label(turns[index].frame);
    if (place === 0) return make("li", "top", make("code", "", name), make("span", "where", "now"));
    const { at, waits } = turns[chain[place - 1]];
    if (at < 0) return make("li", "", make("code", "", name), make("span", "where", "has not begun"));
    const where = make("span", "where", `waits on line ${frames[turns[index].frame].steps[at][LINE]}`);
    return make("li", "", link(name, waits, "go to where it began to wait"), where);
  };
  const items = chain.map((index, place) => [index, place]);
  const shown = items.length > 12 ? [...items.slice(0, 8), null, ...items.slice(-3)] : items;
  $("stack").replaceChildren(
    ...shown.map((entry) => (entry ? item(...entry) : make("li", "gap", `… ${items.length - 11} calls more …`))),
  );
}

/** What was printed so far; what this moment added is marked. */
function showPrinted() {
  if (!data.stdout) return;
  const [from, to] = [printedAt(current - 1), printedAt(current)];
  const added = from < to ? [make("mark", "", data.stdout.slice(from, to))] : [];
  $("stdout").replaceChildren(data.stdout.slice(0, from), ...added);
  $("silent").hidden = to > 0;
  $("stdout").hidden = to === 0;
  $("stdout").scrollTop = $("stdout").scrollHeight;
}

function show() {
  $("counter").textContent = count ? `${current + 1} / ${count}` : "0 / 0";
  if (!count) {
    $("facts").textContent = "No line of a function of this program ran.";
    $("state").hidden = true;
    for (const button of document.querySelectorAll("#controls button:not(#help)")) button.disabled = true;
    return;
  }
  const [frameIndex, index, phase] = [frameAt(current), stepAt(current), kindAt(current)];
  const frame = frames[frameIndex];
  const step = frame.steps[index];
  showSource(step, phase);
  $("facts").replaceChildren(...facts(frame, step, phase));
  showMade(turnAt(current), index, phase);
  showState(frameIndex, index, phase);
  showStack(turnAt(current));
  showPrinted();
  $("slider").value = String(current + 1);
  $("slider").setAttribute("aria-valuetext", `${current + 1} of ${count}, line ${step[LINE]}`);
  $("first").disabled = $("back").disabled = current === 0;
  $("last").disabled = $("on").disabled = current === count - 1;
  $("same-back").disabled = neighbour(step[LINE], current, -1) === undefined;
  $("same-on").disabled = neighbour(step[LINE], current, 1) === undefined;
  drawMap();
}
