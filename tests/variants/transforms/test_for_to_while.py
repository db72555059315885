import textwrap

import pytest

NAME = "for_to_while"
CALLS = [([3, 1, 2], 2), ([], 0), ([1], 3), ((4, 5, 6, 7), 1), ("abca", 2)]

PAIRS = {
    "a counter with its comments": (
        """
        def f(xs, n):
            total = 0
            # count up
            for i in range(n):  # every number
                total += i
                # at the end
            return total
        """,
        """
        def f(xs, n):
            total = 0
            # count up
            i = 0
            while i < n:  # every number
                total += i
                # at the end
                i += 1
            return total
        """,
    ),
    "start, stop and step": (
        """
        def f(xs, n):
            total = []
            for i in range(2, 12, 3):
                total.append(i)
            for i in range(5, -1, -2):
                total.append(i)
            return total
        """,
        """
        def f(xs, n):
            total = []
            i = 2
            while i < 12:
                total.append(i)
                i += 3
            i = 5
            while i > -1:
                total.append(i)
                i -= 2
            return total
        """,
    ),
    "a bound is evaluated once": (
        """
        def f(xs, n):
            total = 0
            xs = list(xs)
            for i in range(len(xs)):
                xs.append(i)
                total += i
            return total, xs
        """,
        """
        def f(xs, n):
            total = 0
            xs = list(xs)
            i = 0
            stop = len(xs)
            while i < stop:
                xs.append(i)
                total += i
                i += 1
            return total, xs
        """,
    ),
    "a bound that the body changes": (
        """
        def f(xs, n):
            total = 0
            for i in range(n):
                n += i
                total += n
            return total
        """,
        """
        def f(xs, n):
            total = 0
            i = 0
            stop = n
            while i < stop:
                n += i
                total += n
                i += 1
            return total
        """,
    ),
    "continue": (
        """
        def f(xs, n):
            total = 0
            for i in range(5):
                if i % 2:
                    continue
                total += i
            return total
        """,
        """
        def f(xs, n):
            total = 0
            index = 0
            while index < 5:
                i = index
                index += 1
                if i % 2:
                    continue
                total += i
            return total
        """,
    ),
    "continue of an inner loop": (
        """
        def f(xs, n):
            total = 0
            for i in range(5):
                while total < n:
                    total += 1
                    continue
                total += i
            return total
        """,
        """
        def f(xs, n):
            total = 0
            i = 0
            while i < 5:
                while total < n:
                    total += 1
                    continue
                total += i
                i += 1
            return total
        """,
    ),
    "the body changes the variable": (
        """
        def f(xs, n):
            total = 0
            for i in range(n):
                i *= 2
                total += i
            return total
        """,
        """
        def f(xs, n):
            total = 0
            index = 0
            while index < n:
                i = index
                index += 1
                i *= 2
                total += i
            return total
        """,
    ),
    "the variable is read after the loop, which may be empty": (
        """
        def f(xs, n):
            for i in range(n):
                if i == 1:
                    break
            return i
        """,
        """
        def f(xs, n):
            index = 0
            while index < n:
                i = index
                index += 1
                if i == 1:
                    break
            return i
        """,
    ),
    "the range starts from the variable": (
        """
        def f(xs, i):
            total = 0
            for i in range(i, 4):
                total += i
            return total
        """,
        """
        def f(xs, i):
            total = 0
            while i < 4:
                total += i
                i += 1
            return total
        """,
    ),
    "nested": (
        """
        def f(xs, n):
            total = 0
            for i in range(n):
                for j in range(i):
                    total += i * j
            return total
        """,
        """
        def f(xs, n):
            total = 0
            i = 0
            while i < n:
                j = 0
                while j < i:
                    total += i * j
                    j += 1
                i += 1
            return total
        """,
    ),
    "the value of the last round is wanted in the next": (
        """
        def f(xs, n):
            total = []
            i = 7
            while n > 0:
                total.append(i)
                for i in range(n):
                    n -= 1
            return total
        """,
        """
        def f(xs, n):
            total = []
            i = 7
            while n > 0:
                total.append(i)
                index = 0
                stop = n
                while index < stop:
                    i = index
                    index += 1
                    n -= 1
            return total
        """,
    ),
    "a closure reads the variable later": (
        """
        def f(xs, n):
            calls = []
            for i in range(n):
                calls.append(lambda: i)
            return [call() for call in calls]
        """,
        """
        def f(xs, n):
            calls = []
            index = 0
            while index < n:
                i = index
                index += 1
                calls.append(lambda: i)
            return [call() for call in calls]
        """,
    ),
    "a list that the body changes, by index": (
        """
        def f(xs, n):
            ys = list(xs)
            for y in ys:
                if len(ys) < 6:
                    ys.append(y)
                elif y in ys[:2]:
                    ys.remove(y)
            return ys
        """,
        """
        def f(xs, n):
            ys = list(xs)
            index = 0
            while index < len(ys):
                y = ys[index]
                if len(ys) < 6:
                    ys.append(y)
                elif y in ys[:2]:
                    ys.remove(y)
                index += 1
            return ys
        """,
    ),
    "a list whose name gets another value": (
        """
        def f(xs, n):
            ys = list(xs)
            for a in ys:
                if a == n:
                    continue
                ys = ys + [a]
            return ys
        """,
        """
        def f(xs, n):
            ys = list(xs)
            items = ys
            index = 0
            while index < len(items):
                a = items[index]
                index += 1
                if a == n:
                    continue
                ys = ys + [a]
            return ys
        """,
    ),
    "enumerate of a list": (
        """
        def f(xs, n):
            total = 0
            for i, x in enumerate(sorted(xs)):
                total = i
            return total
        """,
        """
        def f(xs, n):
            total = 0
            items = sorted(xs)
            i = 0
            while i < len(items):
                x = items[i]
                total = i
                i += 1
            return total
        """,
    ),
    "anything else with an iterator": (
        """
        def f(xs, n):
            total = []
            for x in xs:
                if x == n:
                    continue
                total.append(x)
            return total
        """,
        """
        def f(xs, n):
            total = []
            iterator = iter(xs)
            end = object()
            while (x := next(iterator, end)) is not end:
                if x == n:
                    continue
                total.append(x)
            return total
        """,
    ),
    "an iterator whose last item is wanted": (
        """
        def f(xs, n):
            end = n
            for x in xs:
                pass
            return x, end
        """,
        """
        def f(xs, n):
            end = n
            iterator = iter(xs)
            done = object()
            while (item := next(iterator, done)) is not done:
                x = item
                pass
            return x, end
        """,
    ),
    "several targets": (
        """
        def f(xs, n):
            total = []
            for i, (a, b) in enumerate(zip(xs, xs)): total.append((i, a, b))
            return total
        """,
        """
        def f(xs, n):
            total = []
            iterator = iter(enumerate(zip(xs, xs)))
            end = object()
            while (item := next(iterator, end)) is not end:
                i, (a, b) = item
                total.append((i, a, b))
            return total
        """,
    ),
    "nothing follows an unconditional return": (
        """
        def f(xs, n):
            for i in range(n):
                return i
        """,
        """
        def f(xs, n):
            i = 0
            while i < n:
                return i
        """,
    ),
}


@pytest.mark.parametrize("case", PAIRS)
def test_becomes_while(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


REFUSED = {
    "else": "def f(xs, n):\n    for i in range(n):\n        pass\n    else:\n        return 1\n",
    "async": "async def f(xs, n):\n    async for x in xs:\n        pass\n",
    "a step that is no literal": "def f(xs, n):\n    for i in range(0, 9, n):\n        pass\n",
    "a step of zero": "def f(xs, n):\n    for i in range(0, 9, 0):\n        pass\n",
    "a bound that range would not take": "def f(xs, n):\n    for i in range(len(xs) / 2):\n        pass\n",
    "a start that would stay a bool": "def f(xs, n):\n    for i in range(True, 9):\n        pass\n",
    "arguments from a list": "def f(xs, n):\n    for i in range(*xs):\n        pass\n",
    "another range": "def f(range, n):\n    next = 1\n    for i in range(n):\n        pass\n",
    "another next": "def f(xs, next):\n    for i in xs:\n        pass\n",
    "a generator that notices when it is let go": (
        "def g():\n    try:\n        yield 1\n    finally:\n        print()\n\n\n"
        "def f(xs, n):\n    for i in g():\n        break\n    print(1)\n"
    ),
    "outside of functions": "for i in range(3):\n    pass\n",
}


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    assert rewrite(NAME, REFUSED[case]) == REFUSED[case]


BEHAVIOURS = {
    "a dict that changes size": "for k in d:\n        d[k + 1] = 1",
    "a dict and its items": "for k, v in d.items():\n        seen.append((k, v))",
    "a generator": "for k in (x * 2 for x in xs):\n        seen.append(k)",
    "a list that shrinks": "for x in xs:\n        xs.pop()\n        seen.append(x)",
    "a target that is an element": "for d[0] in xs:\n        seen.append(dict(d))",
    "no iterable": "for x in n:\n        seen.append(x)",
    "an exception in the middle": (
        "try:\n        for i in range(3):\n            seen.append(10 // (1 - i))\n"
        "    except ZeroDivisionError:\n        seen.append(i)"
    ),
    "a string by index": "for c in 'abc':\n        if c == n:\n            continue\n        seen.append(c)",
    "the variable of a range as text": "for i in range(n):\n        seen.append(f'{i=}')",
    "a lazy generator over the variable": (
        "late = []\n    for i in range(n):\n        late.append(i * x for x in xs)\n"
        "    seen = [list(one) for one in late]"
    ),
    "a star": "for first, *rest in [xs, xs]:\n        seen.append((first, rest))",
    "a deleted variable": "for i in range(n):\n        seen.append(i)\n        del i",
}


@pytest.mark.parametrize("case", BEHAVIOURS)
def test_does_the_same(case, rewrite, same_results):
    before = (
        "def f(xs, n):\n    d = {1: 2, 5: 6}\n    seen = []\n    "
        + BEHAVIOURS[case]
        + "\n    return seen, d\n"
    )
    after = rewrite(NAME, before)
    assert "while" in after
    assert same_results(before, after, [([3, 1, 2], 2), ([], 0), ([1], 3)])


def test_fits_the_indentation_of_the_program(rewrite):
    assert rewrite(NAME, "def f(n):\n\tfor i in range(n): print(i)") == (
        "def f(n):\n\ti = 0\n\twhile i < n:\n\t\tprint(i)\n\t\ti += 1"
    )
