// What the trace says: which moments there are, and the state at each of them. Needs no part of the page.

const data = JSON.parse(document.getElementById("data").textContent);
const { frames } = data;
const [LINE, OCCURRENCE, LOOPS, CHANGED, NEXT, BRANCH, RAISED, YIELDED, RESUMED] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const [CALL, BACK, ON] = [1, 2, 3]; // kinds of moments: begins to call, is back, goes on after a suspension
const WHOLE = 2; // a step that was suspended has gone on
const UNBOUND = "<unbound>";
const CHECKPOINT = 64; // steps from one kept state to the next

// ---- moments: turn, step, kind, what shows, what is printed; where to find them ------------------------

const SIZE = 5;
const count = data.moments.length / SIZE;
const turnAt = (moment) => data.moments[SIZE * moment];
const stepAt = (moment) => data.moments[SIZE * moment + 1];
const kindAt = (moment) => data.moments[SIZE * moment + 2];
const doneAt = (moment) => data.moments[SIZE * moment + 3];
const printedAt = (moment) => (moment < 0 ? 0 : data.moments[SIZE * moment + 4]);
const turns = data.turns.map(([frame, caller, at, waits, suspends]) => ({ frame, caller, at, waits, suspends, last: -1 }));
const frameAt = (moment) => turns[turnAt(moment)].frame;
const lineAt = (moment) => frames[frameAt(moment)].steps[stepAt(moment)][LINE];

const byLine = new Map(); // line -> moments at which it begins
for (let moment = 0; moment < count; moment++) {
  const turn = turns[turnAt(moment)];
  turn.first ??= moment;
  turn.last = moment;
  if (kindAt(moment) === BACK || kindAt(moment) === ON) continue;
  if (!byLine.has(lineAt(moment))) byLine.set(lineAt(moment), []);
  byLine.get(lineAt(moment)).push(moment);
}
const branching = new Set(); // lines with a condition: they keep room for its outcome
for (const { steps } of frames) for (const step of steps) if (step[BRANCH] !== null) branching.add(step[LINE]);
const made = new Map(); // "turn:step" -> the turns that it called or resumed
turns.forEach((turn, index) => {
  if (turn.caller < 0) return;
  const key = `${turn.caller}:${turn.at}`;
  if (!made.has(key)) made.set(key, []);
  made.get(key).push(index);
});

function neighbour(line, moment, direction) {
  const all = byLine.get(line) || [];
  let [low, high] = [0, all.length]; // the first that is not before `moment`
  while (low < high) {
    const middle = (low + high) >> 1;
    if (all[middle] < moment) low = middle + 1;
    else high = middle;
  }
  if (direction < 0) return all[low - 1];
  return all[low] === moment ? all[low + 1] : all[low];
}

// ---- states: by deltas from the nearest kept state ----------------------------------------------------

const kept = frames.map((frame) => [new Map(Object.entries(frame.arguments))]);

function patched(before, patch) {
  if (typeof patch === "string") return patch;
  const [start, end, middle] = patch;
  return before.slice(0, start) + middle + before.slice(before.length - end);
}

function apply(state, changes) {
  for (const [name, patch] of Object.entries(changes ?? {})) state.set(name, patched(state.get(name), patch));
}

/** The state of a frame when `done` of its steps are over. */
function stateOf(frame, done) {
  const states = kept[frame];
  const from = Math.min(Math.floor(done / CHECKPOINT), states.length - 1);
  const state = new Map(states[from]);
  for (let step = from * CHECKPOINT; step < done; step++) {
    apply(state, frames[frame].steps[step][CHANGED]);
    apply(state, frames[frame].steps[step][RESUMED]);
    if (step + 1 === states.length * CHECKPOINT) states.push(new Map(state));
  }
  return state;
}

/** What is before and after a moment: [state before, state after, the changes in between]. */
function statesAt(moment) {
  const [frame, index, done] = [frameAt(moment), stepAt(moment), doneAt(moment)];
  const step = frames[frame].steps[index];
  const before = stateOf(frame, index);
  const after = new Map(before);
  if (done) apply(after, step[CHANGED]);
  const goesOn = done === WHOLE || kindAt(moment) === ON;
  if (!goesOn) return [before, after, done ? step[CHANGED] : {}];
  const whole = new Map(after);
  if (done === WHOLE) apply(whole, step[RESUMED]);
  return [after, whole, done === WHOLE ? (step[RESUMED] ?? {}) : {}];
}
