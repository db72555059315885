"""What a maintainer pastes into the review of a submission: Markdown, with everything of theirs escaped."""

from core_bench.leaderboard.checking import Checked, metrics_of
from core_bench.leaderboard.submission import track
from core_bench.reports.formats import plain_markdown
from core_bench.reports.table import number_text


def review(checked: Checked) -> str:
    """Return the report on one check."""
    verdict = "accepted" if checked.accepted else "refused"
    lines = [f"### {plain_markdown(checked.name)}: {verdict}", ""]
    if checked.submission:
        model = checked.submission.model
        about = f"{model.name} by {model.organisation} ({model.access}, {model.licence})"
        lines += [plain_markdown(about), ""]
    lines += [
        f"- {'**refused**' if finding.level == 'fault' else 'please look'} `{finding.code}`: "
        f"{plain_markdown(finding.text)}"
        for finding in checked.findings
    ]
    if checked.findings:
        lines.append("")
    if checked.runs and checked.submission:
        names = list(metrics_of(checked.runs[0].clusters))
        lines += [f"| track | items | {' | '.join(names)} |", f"|:--|--:|{'--:|' * len(names)}"]
        for run in checked.runs:
            figures = metrics_of(run.clusters)
            title = plain_markdown(track(checked.submission.model, run.manifest).title)
            texts = [number_text(value, "share") for value in figures.values()]
            lines.append(f"| {title} | {len(run.items)} | {' | '.join(texts)} |")
        lines += ["", "Computed from the raw replies; what was claimed is the same."]
    return "\n".join(lines) + "\n"
