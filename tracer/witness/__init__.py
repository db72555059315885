"""The second observer: an instrumented copy of the program, which reports its own states.

It shares nothing with the recording (`tracer.recorder`) but the queries and the way out of the sandbox: it
has its own capture of states, without `sys.settrace`; its own writer of literals; its own reading of lines,
loops and calls; and its own answers. A gold is what both answer.

| module | what it does | where it runs |
|---|---|---|
| `rewriting`, `suspensions`, `nodes` | put the hooks into a program | both |
| `table`, `events` | the places that hooks report, and what they say of them | both |
| `capture`, `hooks` | the report of a run, and of each call: what the hooks do | the program's process |
| `writer` | values as literals | the program's process |
| `testimony`, `readings` | read the report: calls, steps, passes through loops | ours |
| `answers` | answers queries from it | ours |

Of sub-expressions (`tracer.observer` is the first observer there), in a run of its own:

| module | what it does | where it runs |
|---|---|---|
| `expression_rewriting`, `expressions` | put hooks around every expression | both |
| `expression_table` | what the numbers of expressions mean | both |
| `expression_capture` | what the hooks do | the program's process |
| `expression_testimony` | reads the report | ours |
| `outcomes` | tells how conditions came out | ours |
| `expression_answers` | answers queries from it | ours |
"""
