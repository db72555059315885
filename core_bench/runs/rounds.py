"""Methods that ask again: which items go on, and with what question."""

from collections.abc import Mapping, Sequence

from core_bench.engines.base import Engine, Shape
from core_bench.errors import CoreBenchError
from core_bench.items import Item
from core_bench.methods import AnswerPlace, Method
from core_bench.records import Reply, VerdictKind
from core_bench.runs.folder import RunFolder
from core_bench.runs.runner import Asking, OnGroup, Progress, ask, request_for, requests_for
from core_bench.scoring import judge


def ask_all(
    engine: Engine,
    items: Sequence[Item],
    method: Method,
    shape: Shape,
    folder: RunFolder,
    on_progress: Progress,
    *,
    asking: Asking | None = None,
    golds: Mapping[str, str] | None = None,
    on_group: OnGroup = lambda group: None,
) -> None:
    """Ask every item in every epoch, and again as often as the method wants; write every reply.

    What a round asks follows from the replies of the rounds before, which are on disk: an interrupted run
    goes on with the same questions.

    Args:
        engine: Who answers.
        items: What is asked.
        method: How.
        shape: The kind of prompts.
        folder: Where replies are; open.
        on_progress: Told (replies there are, replies there will be) in each round.
        asking: Epochs, temperature, seed.
        golds: By item id; only a method with an oracle's feedback needs them, and only the oracle sees them.
        on_group: Told every group of new replies.

    Raises:
        CoreBenchError: The method needs sampled replies, and none are sampled.
    """
    asking = asking or Asking()
    check_sampling(method, asking)
    ask(engine, requests_for(items, method, shape, asking), folder, on_progress, on_group)
    amendment = method.amendment
    if amendment is None:
        return
    by_id = {item.id: item for item in items}
    place = method.settings(shape).answer
    for number in range(1, amendment.most):
        histories = folder.histories()
        again = []
        for key, history in histories.items():
            if key[0] not in by_id or key[1] != method.name or key[2] >= asking.epochs:
                continue
            before = history[:number]
            gold = golds[key[0]] if amendment.feedback == "oracle" and golds is not None else None
            if len(before) == number and goes_on(before, place, gold, amendment.hypotheses):
                again.append((key, before))
        if not again:
            return
        requests = [
            request_for(by_id[item], method, shape, asking, epoch, [reply.text for reply in before])
            for (item, _, epoch), before in again
        ]
        ask(engine, requests, folder, on_progress, on_group)


def check_sampling(method: Method, asking: Asking) -> None:
    """Refuse to ask for several hypotheses that would all be the same.

    Raises:
        CoreBenchError: The method samples hypotheses, and the temperature is 0.
    """
    if method.amendment is not None and method.amendment.hypotheses > 1 and asking.temperature == 0:
        raise CoreBenchError(
            f"{method.name} needs hypotheses that differ, and greedy replies do not",
            "Sample them: --temperature 0.8",
        )


def goes_on(
    history: Sequence[Reply], place: AnswerPlace, gold: str | None = None, hypotheses: int = 1
) -> bool:
    """Tell whether an item is asked again.

    With a gold (an oracle): as long as the last answer is not right. With hypotheses: until more than half
    as many replies as there are hypotheses give the same answer. Else: until the model gives the same
    answer twice in a row. A reply that is no text of the model ends it. Whoever ends it by agreeing is the
    last reply, so the last one is judged in all cases.

    Args:
        history: The replies so far, one a round.
        place: Where an answer stands.
        gold: The right answer, if the feedback is an oracle's.
        hypotheses: How many are sampled independently.
    """
    last = history[-1]
    if last.finish in ("error", "refused"):
        return False
    if gold is not None:
        return judge(last, gold, place).verdict is not VerdictKind.CORRECT
    others = history[:-1] if hypotheses > 1 else history[-2:-1]
    agreeing = sum(_agree(other, last, place) for other in others)
    return agreeing < max(1, hypotheses // 2)


def _agree(one: Reply, other: Reply, place: AnswerPlace) -> bool:
    # Whatever the answer is, if it is one: judged against itself it is right.
    judged = judge(one, "None", place)
    if judged.answer is None or judged.verdict not in (VerdictKind.CORRECT, VerdictKind.WRONG):
        return False
    return judge(other, judged.answer, place).verdict is VerdictKind.CORRECT
