// The tracer on the CPython of Pyodide (3.14 at the time of writing), in WebAssembly: without a sandbox, which
// has no processes there. `npm install pyodide` in a folder, then in that folder:
//   node REPOSITORY/benchmarks/tracer_pyodide.mjs REPOSITORY DATA 1 > pyodide.json
//   python REPOSITORY/benchmarks/tracer_minors.py pyodide.json

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [root, data, every] = process.argv.slice(2);
const found = createRequire(`${process.cwd()}/`).resolve("pyodide");
const { loadPyodide } = await import(pathToFileURL(found.replace(/pyodide\.js$/, "pyodide.mjs")));
const python = await loadPyodide({ stdout: (text) => process.stderr.write(`${text}\n`), env: { PYTHONHASHSEED: "0" } });
for (const [place, folder] of [["/root", root], ["/data", data]]) {
  python.mountNodeFS(place, folder);
}
const said = python.runPython(`
import json, os, sys
sys.path.insert(0, "/root")
os.environ["CORE_BENCH_DATA"] = "/data"
from benchmarks.tracer_minors import check
json.dumps(check(${Number(every ?? 1)}, sandbox=False))
`);
console.log(said);
