// What the trace says: which moments there are, and the state at each of them. Needs no part of the page.

const data = JSON.parse(document.getElementById("data").textContent);
const { frames } = data;
const [LINE, OCCURRENCE, LOOPS, CHANGED, NEXT, BRANCH, RAISED] = [0, 1, 2, 3, 4, 5, 6];
const [CALL, BACK] = [1, 2];
const UNBOUND = "<unbound>";
const CHECKPOINT = 64; // steps from one kept state to the next

// ---- moments: frame, step and phase of each; where to find them -------------------------------------

const count = data.moments.length / 3;
const frameAt = (moment) => data.moments[3 * moment];
const stepAt = (moment) => data.moments[3 * moment + 1];
const phaseAt = (moment) => data.moments[3 * moment + 2];
const lineAt = (moment) => frames[frameAt(moment)].steps[stepAt(moment)][LINE];

const startOf = frames.map((frame) => new Int32Array(frame.steps.length)); // frame, step -> moment
const byLine = new Map(); // line -> moments at which it begins
for (let moment = 0; moment < count; moment++) {
  if (phaseAt(moment) === BACK) continue;
  startOf[frameAt(moment)][stepAt(moment)] = moment;
  if (!byLine.has(lineAt(moment))) byLine.set(lineAt(moment), []);
  byLine.get(lineAt(moment)).push(moment);
}
const branching = new Set(); // lines with a condition: they keep room for its outcome
for (const { steps } of frames) for (const step of steps) if (step[BRANCH] !== null) branching.add(step[LINE]);
const made = new Map(); // "frame:step" -> the frames that it called
frames.forEach((frame, index) => {
  if (frame.parent === null) return;
  const key = `${frame.parent}:${frame.at}`;
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

/** The state of a frame when `done` of its steps are over. */
function stateOf(frame, done) {
  const states = kept[frame];
  const from = Math.min(Math.floor(done / CHECKPOINT), states.length - 1);
  const state = new Map(states[from]);
  for (let step = from * CHECKPOINT; step < done; step++) {
    for (const [name, patch] of Object.entries(frames[frame].steps[step][CHANGED])) {
      state.set(name, patched(state.get(name), patch));
    }
    if (step + 1 === states.length * CHECKPOINT) states.push(new Map(state));
  }
  return state;
}
