"""A second oracle for the tracer's answers, which shares no code with it.

A program is rewritten (`rewrite`) so that it reports the values of its names around every statement while
it runs in a plain process (`worker`, `runtime`); no trace function is set. Values become text by a writer of
its own (`writer`). What was reported is put in order by call (`timeline`) and answers each kind of query
(`answers`), or says that it cannot tell. `compare` sets these answers beside the tracer's golds, for programs
made by chance (`chance`) and for functions of the standard library (`library`).
"""
