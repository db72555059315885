"""Our suites in other harnesses: the same prompts, the same judge, their models and logs (docs/adapters.md).

`inspect_task` is a task for inspect_ai, `lm_eval_task` what the tasks for lm-evaluation-harness call.
Nothing else in core_bench imports this package, and neither harness is imported before its module is.
"""
