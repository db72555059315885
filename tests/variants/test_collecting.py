"""Searches in several threads leave the process's garbage collection as it was."""

import gc

from variants.collecting import few_collections


def test_the_last_search_that_ends_puts_the_setting_back():
    before = gc.get_threshold()
    first, second = few_collections(), few_collections()
    first.__enter__()
    second.__enter__()
    assert gc.get_threshold()[0] > before[0]
    first.__exit__(None, None, None)  # the order in which threads end is not that in which they begin
    assert gc.get_threshold()[0] > before[0]
    second.__exit__(None, None, None)
    assert gc.get_threshold() == before
