"""How verdicts look to a person, alone and beside a finding."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from bunco.cli.terminal import printable, when
from bunco.model import Finding, Judged, Verdict

SHORT_ID = 8
"""Characters of a finding's id that are shown: enough for some ten thousand findings."""

_COLOURS: dict[Judged, str] = {"spam": "red", "fine": "green", "mute": "blue", "none": "dim"}


def block(verdict: Verdict, finding: Finding | None) -> RenderableType:
    """Give a verdict on a line, and under it the sentence of its finding, if that is there."""
    head = Text.assemble(
        (f"{when(verdict.at)}  ", "dim"),
        (verdict.finding[:SHORT_ID], "bold"),
        "  ",
        printable(verdict.detector),
        "  ",
        (printable(verdict.author), "bold cyan"),
    )
    rest = [_said(verdict)]
    if finding is not None:
        rest.append(Text(printable(finding.reason), "dim"))
    return Group(head, Padding(Group(*rest), (0, 0, 0, 2)))


def beside(finding: Finding) -> Iterator[Text]:
    """Give lines that tell what was said of a finding, and whether it is quiet."""
    verdict = finding.verdict
    if verdict is not None:
        line = Text.assemble(_said(verdict), (f"  {when(verdict.at)}", "dim"))
        if verdict.id == finding.outgrew:
            line.append("  outgrown since", "bold")
        yield line
    if finding.quiet and finding.quieted_by not in {"", finding.id}:
        yield Text(f"quiet, as {finding.quieted_by[:SHORT_ID]} was judged", "dim")


def _said(verdict: Verdict) -> Text:
    line = Text(verdict.judged, _COLOURS[verdict.judged])
    if verdict.judged == "mute" and verdict.until is not None:
        line.append(f" until {when(verdict.until)}")
    if verdict.by:
        line.append(f", {printable(verdict.by)}")
    if verdict.because:
        line.append(f": {printable(verdict.because)}")
    return line
