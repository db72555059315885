"""Does one thing to many with several threads, and keeps their order."""

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")


def each(
    work: Callable[[Given], Made], items: Sequence[Given], hands: int, stop: Callable[[], None]
) -> list[Made]:
    """Return what `work` makes of each item, in their order.

    The calling thread is one of the hands. Where one of them meets an error, a Ctrl-C for one, `stop` is
    called to have the others' work end; then the first error is raised.
    """
    if min(hands, len(items)) < 2:
        return [work(item) for item in items]
    made: dict[int, Made] = {}
    errors: list[BaseException] = []
    numbers = iter(range(len(items)))

    def failed(error: BaseException) -> None:
        errors.append(error)
        stop()

    def work_on() -> None:
        try:
            for number in numbers:
                if errors:
                    return
                made[number] = work(items[number])
        except BaseException as error:
            failed(error)

    others = [threading.Thread(target=work_on, daemon=True) for _ in range(min(hands, len(items)) - 1)]
    for thread in others:
        thread.start()
    work_on()
    for thread in others:
        try:
            thread.join()
        except BaseException as error:
            failed(error)
            thread.join()
    if errors:
        raise errors[0]
    return [made[number] for number in range(len(items))]
