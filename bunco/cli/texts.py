"""Judge texts from standard input: how sensational, how alike."""

import typer
from msgspec import Struct

from bunco.cli.terminal import complete_lines, flush, say, standard_input, write_json
from bunco.errors import BadInput


class Pair(Struct, frozen=True):
    """Two texts to compare, each with the link it sells, where that is told."""

    a: str
    b: str
    a_url: str | None = None
    b_url: str | None = None


def score() -> None:
    """Score how sensational each line of standard input is.

    One JSON object a line: text, sensational (0…1), and reasons: the phrases that made it,
    each with its cue and weight. Answers come line by line, as the lines arrive.

    Examples:
        echo "You won't believe what happened next" | bunco score
    """
    from bunco.text.sensational import judge_many

    for lines in complete_lines(standard_input()):
        texts = [line.decode(errors="replace") for line in lines]
        for text, judgement in zip(texts, judge_many(texts), strict=True):
            reasons = [
                {"text": phrase.text, "cue": phrase.cue, "weight": round(phrase.weight, 4)}
                for phrase in judgement.phrases
            ]
            scored = judgement.score if text.strip() else 0.0
            write_json({"text": text, "sensational": scored, "reasons": reasons})
        flush()


def compare() -> None:
    """Tell how alike two texts are, and whether "repeats" takes them for the same.

    Reads JSON lines {"a": …, "b": …} from standard input; writes {"similarity": 0…1,
    "same": true or false} for each. A pair with the links of its texts, "a_url", "b_url"
    or both, is answered with "same_thing", too: whether "crossposts" takes the two posts
    for one thing. A line that is no such pair is answered with {"error": …}, named on
    standard error, and makes the command end with 1. Empty lines are passed over.

    Examples:
        echo '{"a": "10 cures doctors hide", "b": "10 Cures Doctors HIDE!"}' | bunco compare
    """
    wrong = False
    number = 0
    for lines in complete_lines(standard_input()):
        for line in lines:
            number += 1
            if not line.strip():
                continue
            try:
                write_json(_compared(line))
            except BadInput as error:
                wrong = True
                say(f"line {number}: {error}")
                write_json({"error": str(error)})
        flush()
    if wrong:
        raise typer.Exit(1)


def _compared(line: bytes) -> dict[str, object]:
    import msgspec

    from bunco.text.similarity import compare as compared
    from bunco.text.things import same_thing, thing

    try:
        pair = msgspec.json.decode(line, type=Pair)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(str(error)) from error
    found = compared(pair.a, pair.b)
    answer: dict[str, object] = {"similarity": found.similarity, "same": found.same}
    if pair.a_url is not None or pair.b_url is not None:
        one, other = thing(pair.a, pair.a_url or ""), thing(pair.b, pair.b_url or "")
        answer["same_thing"] = same_thing(one, other)
    return answer
