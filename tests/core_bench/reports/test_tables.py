"""Tables and what they are written as."""

import csv
import io
import json
import shutil
import subprocess

import pytest

from core_bench.errors import CoreBenchError
from core_bench.reports import (
    FORMATS,
    Column,
    Point,
    Table,
    cell_text,
    make_comparison,
    make_report,
    pareto_front,
    read_runs,
)
from core_bench.scoring import summarise
from core_bench.statistics import Estimate

from .conftest import make_run

TABLE = Table(
    key="t",
    title="50 % of a|b_c",
    columns=(Column(key="run", title="run", kind="text"), Column(key="I", title="I_s")),
    rows=(("=1+1 <b>\\x", Estimate(value=0.5, low=0.25, high=0.75, n=8)), ("b\nc", None)),
)


def test_a_number_is_written_with_its_interval():
    assert cell_text(Estimate(value=0.123, low=0.1, high=0.2, n=3), "share") == "12.3 [10.0, 20.0]"
    assert cell_text(Estimate(value=-0.0001, n=3), "difference") == "0.0"
    assert cell_text(Estimate(value=0.05, n=3), "difference") == "+5.0"
    assert cell_text(None, "share") == "-"
    assert [cell_text(p, "p") for p in (1.6e-27, 0.0012, 0.0629, 1.0)] == [
        "< 0.0001",
        "0.0012",
        "0.063",
        "1.000",
    ]


def test_markdown_keeps_names_as_text():
    text = FORMATS["markdown"][1]([TABLE])
    assert "| \\=1" not in text
    assert "\\<b\\>" in text
    assert "a\\|b\\_c" in text
    assert "| b c | - |" in text


def test_csv_holds_full_numbers_and_no_formula():
    rows = list(csv.DictReader(io.StringIO(FORMATS["csv"][1]([TABLE]))))
    assert rows[0]["row"].startswith("'=1+1")
    assert (rows[0]["value"], rows[0]["low"], rows[0]["high"], rows[0]["n"]) == ("0.5", "0.25", "0.75", "8")


def test_json_is_the_tables():
    assert json.loads(FORMATS["json"][1]([TABLE]))[0]["rows"][0][1]["low"] == 0.25


def test_latex_escapes_what_latex_would_read(tmp_path):
    text = FORMATS["latex"][1]([TABLE])
    assert r"50 \% of a|b\_c" in text
    assert r"\textless{}b\textgreater{}\textbackslash{}x" in text
    if shutil.which("pdflatex"):
        whole = rf"\documentclass{{article}}\usepackage{{booktabs}}\begin{{document}}{text}\end{{document}}"
        (tmp_path / "t.tex").write_text(whole)
        subprocess.run(["pdflatex", "-halt-on-error", "t.tex"], cwd=tmp_path, check=True, capture_output=True)


def test_the_front_is_what_nothing_dominates():
    points = [
        Point("a", 10, 0.5),
        Point("b", 5, 0.5),
        Point("c", 20, 0.9),
        Point("d", 19, 0.4),
        Point("e", 5, 0.1),
    ]
    assert [point.name for point in pareto_front(points)] == ["b", "c"]


def test_the_headline_is_that_of_the_score(runs, suite):
    _, views = read_runs([runs["careful"], runs["careless"]])
    report = make_report(suite, views, plots=False)
    [headline] = [table for table in report.tables if table.key == "headline"]
    expected = summarise(suite, views[0].items, views[0].verdicts.values())
    row = dict(zip([column.key for column in headline.columns], headline.rows[0], strict=True))
    assert (row["run"], row["W_s"]) == ("careful", expected.W_s)
    assert report.lead.startswith("No run scores above 0 in RCS") or "careful is first" in report.lead


def test_a_comparison_counts_what_was_lost(runs, suite):
    _, views = read_runs([runs["careful"], runs["careless"]])
    made = make_comparison(suite, views[0], views[1:], plots=False)
    lost = sum(row % 3 != 0 and row % 4 != 1 for row in range(120))
    gained = sum(row % 3 == 0 and row % 4 == 1 for row in range(120))
    assert f"{lost} items were lost and {gained} gained" in made.lead
    [examples] = [table for table in made.tables if table.key == "lost-careless"]
    assert len(examples.rows) == 12
    assert len({row[0].split("/")[0] for row in examples.rows}) == 8, "examples are spread over problems"
    by_key = {table.key: table for table in made.tables}
    samples = dict(
        zip([c.key for c in by_key["differences"].columns], by_key["differences"].rows[0], strict=True)
    )["samples"]
    assert samples.value < 0
    assert samples.high < 0


def test_runs_get_names_that_differ(runs):
    _, views = read_runs([runs["careful"], runs["careful"]])
    assert [view.name for view in views] == ["careful", "careful #2"]


def test_runs_over_other_items_are_not_compared(runs, suite, tmp_path):
    short = make_run(tmp_path / "short", suite, "short", lambda item, row: "1", limit=5)
    loaded, views = read_runs([runs["careful"], short])
    with pytest.raises(CoreBenchError, match="not asked the same items"):
        make_comparison(loaded, views[0], views[1:], plots=False)
    lead = make_report(loaded, views, plots=False).lead
    assert lead.startswith("These runs asked different items, so none of them is first: careful RCS ")


def test_equal_runs_are_told_to_be_equal(runs):
    loaded, views = read_runs([runs["careful"], runs["careful"]])
    lead = make_comparison(loaded, views[0], views[1:], plots=False).lead
    assert lead == "careful #2 against careful: no item was lost and none was gained."


def test_an_incomplete_run_is_refused(runs, suite, tmp_path):
    short = make_run(tmp_path / "short", suite, "short", lambda item, row: "1")
    replies = (short / "replies.jsonl").read_text().splitlines(keepends=True)
    (short / "replies.jsonl").write_text("".join(replies[:-3]))
    with pytest.raises(CoreBenchError, match="3 of 120 replies are missing"):
        read_runs([short])


def test_a_run_on_another_build_of_the_suite_is_refused(runs, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(runs["careful"], other)
    path = other / "manifest.json"
    path.write_text(path.read_text().replace('"suite_hash":"', '"suite_hash":"0'))
    with pytest.raises(CoreBenchError, match="one build of one suite"):
        read_runs([runs["careful"], other])
