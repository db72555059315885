"""Every row of the tables in docs/scoring.md is what the scorer does."""

import re
from pathlib import Path
from typing import get_args

import pytest

from core_bench.records import Reply, VerdictKind
from core_bench.scoring import ScoringRules, judge, parse_answer
from core_bench.scoring.reading import Rule

PAGE = Path(__file__).resolve().parents[3] / "docs" / "scoring.md"


def tables():
    """Return header -> rows of each table of the page, cells without their backticks."""
    found, header = {}, None
    for line in PAGE.read_text().splitlines():
        if not line.startswith("|"):
            header = None
            continue
        cells = tuple(cell(part) for part in re.split(r"(?<!\\)\|", line)[1:-1])
        if header is None:
            header = cells
            found[header] = []
        elif not set("".join(cells)) <= set("-"):
            found[header].append(cells)
    return found


def cell(text):
    text = text.strip()
    marks = re.match(r"`*", text).group()
    return text[len(marks) : len(text) - len(marks)].replace(r"\n", "\n") if marks else text


TABLES = tables()
FINDING = TABLES["rule", "place", "reply", "gold", "verdict"]
FOLDING = TABLES["reply", "gold", "verdict", "with `--strict-literals`"]
COMPARING = TABLES["what", "answer", "gold", "verdict"]
LOOSENED = TABLES["rule", "answer", "gold", "verdict"]


def verdict(text, gold, place="start", **rules):
    return judge(Reply(item="x", method="io", text=text, finish="stop"), gold, place, ScoringRules(**rules))


@pytest.mark.parametrize(("rule", "place", "reply", "gold", "expected"), FINDING)
def test_finding(rule, place, reply, gold, expected):
    found = verdict(reply, gold, place)
    assert found.verdict == expected
    if rule in get_args(Rule):
        assert found.rule == rule
    elif rule == "none":
        assert found.rule is None
    if found.span is not None:
        assert reply[slice(*found.span)] == found.answer


@pytest.mark.parametrize(("reply", "gold", "expected", "strict"), FOLDING)
def test_folding(reply, gold, expected, strict):
    assert verdict(f" {reply}", gold).verdict == expected
    assert verdict(f" {reply}", gold, strict_literals=True).verdict == strict


@pytest.mark.parametrize(("what", "answer", "gold", "expected"), COMPARING)
def test_comparing(what, answer, gold, expected):
    assert verdict(f" {answer}", gold).verdict == expected


@pytest.mark.parametrize(("rule", "answer", "gold", "expected"), LOOSENED)
def test_loosened_rules(rule, answer, gold, expected):
    name, value = rule.split("=")
    assert verdict(f" {answer}", gold, **{name: value}).verdict == expected


def test_every_rule_of_the_parser_has_a_row():
    assert {row[0] for row in FINDING} == {*get_args(Rule), "thought", "none"}


def test_every_verdict_about_a_text_has_a_row():
    rows = {row[-1] for row in (*FINDING, *COMPARING)}
    assert rows == {*VerdictKind} - {"refused", "engine_error"}


def test_the_tables_are_not_empty():
    assert min(map(len, (FINDING, FOLDING, COMPARING, LOOSENED))) >= 7


@pytest.mark.parametrize(("text", "kind"), [(" [1, 2", "truncated"), (" [1, 2]", None)])
def test_a_reply_at_the_token_limit(text, kind):
    assert getattr(parse_answer(text, "start", cut_off=True), "kind", None) == kind
