import textwrap

import pytest

NAME = "comprehension_to_loop"
CALLS = [([3, 1, 2], 2), ([], 0), ([1, 1, 0], 1), (["a", "b"], 1), ([0, [1]], 0)]

PAIRS = {
    "a list": (
        """
        def f(xs, n):
            # squares
            ys = [x * 2 for x in xs if x]  # kept
            return ys
        """,
        """
        def f(xs, n):
            # squares
            ys = []  # kept
            for x in xs:
                if x:
                    ys.append(x * 2)
            return ys
        """,
    ),
    "a list that is made from the old value of its variable": (
        """
        def f(xs, n):
            xs = [x for x in xs if x not in xs[:n]]
            return xs
        """,
        """
        def f(xs, n):
            result = []
            for x in xs:
                if x not in xs[:n]:
                    result.append(x)
            xs = result
            return xs
        """,
    ),
    "several clauses and conditions": (
        """
        def f(xs, n):
            return [(x, y) for x in xs if x if x or n for y in range(x if n else 2)]
        """,
        """
        def f(xs, n):
            result = []
            for x in xs:
                if x and (x or n):
                    for y in range(x if n else 2):
                        result.append((x, y))
            return result
        """,
    ),
    "a set and a dict": (
        """
        def f(xs, n):
            a = {x for x in xs}
            b = {x: [x] * n for x in xs}
            return a, b, n
        """,
        """
        def f(xs, n):
            a = set()
            for item in xs:
                a.add(item)
            b = {}
            for x in xs:
                b[x] = [x] * n
            return a, b, n
        """,
    ),
    "the key of a dict comes first": (
        """
        def f(xs, n):
            return {xs.pop(): xs.pop() for i in range(n)}
        """,
        """
        def f(xs, n):
            mapping = {}
            for i in range(n):
                key = xs.pop()
                mapping[key] = xs.pop()
            return mapping
        """,
    ),
    "sum of ints": (
        """
        def f(xs, n):
            total = sum(len(str(x)) for x in xs)
            return total + n
        """,
        """
        def f(xs, n):
            total = 0
            for x in xs:
                total += len(str(x))
            return total + n
        """,
    ),
    "any and all in a return": (
        """
        def f(xs, n):
            if n:
                return any(x == n for x in xs)
            return all(x < 2 for x in xs for y in range(2) if x)
        """,
        """
        def f(xs, n):
            if n:
                for item in xs:
                    if item == n:
                        return True
                return False
            for x in xs:
                for y in range(2):
                    if x:
                        if not (x < 2):
                            return False
            return True
        """,
    ),
    "any and all in an assignment stop early": (
        """
        def f(xs, n):
            seen = []
            a = any(seen.append(x) or x == n for x in xs)
            b = all(x for x in xs if seen)
            return a, b, seen
        """,
        """
        def f(xs, n):
            seen = []
            a = False
            for item in xs:
                if seen.append(item) or item == n:
                    a = True
                    break
            b = True
            for x in xs:
                if seen:
                    if not x:
                        b = False
                        break
            return a, b, seen
        """,
    ),
    "join": (
        """
        def f(xs, n):
            return ', '.join(str(x) for x in xs)
        """,
        """
        def f(xs, n):
            result = []
            for x in xs:
                result.append(str(x))
            return ', '.join(result)
        """,
    ),
    "the first argument of a builtin": (
        """
        def f(xs, n):
            return sorted((str(x) for x in xs), key=lambda s: -len(s), reverse=True)
        """,
        """
        def f(xs, n):
            result = []
            for x in xs:
                result.append(str(x))
            return sorted(result, key=lambda s: -len(s), reverse=True)
        """,
    ),
    "a variable that would overwrite another": (
        """
        def f(xs, n):
            x = n
            ys = [x for x in xs]
            return ys, x
        """,
        """
        def f(xs, n):
            x = n
            ys = []
            for item in xs:
                ys.append(item)
            return ys, x
        """,
    ),
    "a variable that hides a global function": (
        """
        def g():
            return 1


        def f(xs, n):
            ys = [g for g in xs]
            return ys, g()
        """,
        """
        def g():
            return 1


        def f(xs, n):
            ys = []
            for item in xs:
                ys.append(item)
            return ys, g()
        """,
    ),
    "a target that a handler can see": (
        """
        def f(xs, n):
            ys = None
            try:
                ys = [1 // x for x in xs]
            except Exception:
                pass
            return ys
        """,
        """
        def f(xs, n):
            ys = None
            try:
                result = []
                for x in xs:
                    result.append(1 // x)
                ys = result
            except Exception:
                pass
            return ys
        """,
    ),
    "an element as target": (
        """
        def f(xs, n):
            d = {}
            d['k'] = d['l'] = [i for i, x in enumerate(xs)]
            return d
        """,
        """
        def f(xs, n):
            d = {}
            result = []
            for i, x in enumerate(xs):
                result.append(i)
            d['k'] = d['l'] = result
            return d
        """,
    ),
    "a nested one stays": (
        """
        def f(xs, n):
            return [[x + y for y in range(x)] for x in range(n)]
        """,
        """
        def f(xs, n):
            result = []
            for x in range(n):
                result.append([x + y for y in range(x)])
            return result
        """,
    ),
    "over several lines": (
        """
        def f(xs, n):
            return [
                x
                for x in xs
                if x and
                n
            ]
        """,
        """
        def f(xs, n):
            result = []
            for x in xs:
                if x and n:
                    result.append(x)
            return result
        """,
    ),
}


@pytest.mark.parametrize("case", PAIRS)
def test_becomes_a_loop(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


REFUSED = {
    "sum adds floats more exactly": "return sum(x for x in xs)",
    "a starred argument": "return any([print(x) for x in xs], *xs)",
    "a generator that runs later": "return (x for x in xs)",
    "a lambda keeps the variable": "return [lambda: x for x in xs]",
    "a generator keeps the variable": "ys = [(x for y in xs) for x in xs]",
    "a walrus": "ys = [(y := x) for x in xs]",
    "a comment inside": "return [\n        x  # one\n        for x in xs\n    ]",
    "the name is printed": "return [f'{x=}' for x in xs]",
    "another sum": "return g(x for x in xs)",
    "a part of an expression": "return [x for x in xs] + [1]",
    "other arguments could notice": "return max([x for x in xs], default=xs.pop())",
    "a separator of unknown type": "return n.join(str(x) for x in xs)",
    "several loops to leave at once": "a = any(x for x in xs for y in xs)",
    "several targets and a star": "a = [d for xs[0] in xs]",
    "two statements on the line": "a = [x for x in xs]; return a",
    "annotated": "a: list = [x for x in xs]",
}


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    code = f"def f(xs, n, g):\n    {REFUSED[case]}\n"
    assert rewrite(NAME, code) == code


def test_refuses_shadowed_builtins(rewrite):
    code = "def f(sum, set, xs):\n    a = sum(1 for x in xs)\n    return {x for x in xs}\n"
    assert rewrite(NAME, code) == code


def test_hides_nothing_from_a_nested_function(rewrite, same_results):
    before = """
x = 5


def f(xs, n):
    ys = [x for x in xs]

    def g():
        return x

    return ys, g()
"""
    after = rewrite(NAME, before)
    assert "for item in xs:" in after
    assert same_results(before, after, CALLS)


def test_a_list_that_a_closure_could_watch_is_built_aside(rewrite, same_results):
    before = """
def f(xs, n):
    ys = [0]

    def g(x):
        return len(ys)

    ys = [g(x) for x in xs]
    return ys
"""
    after = rewrite(NAME, before)
    assert "ys = result" in after
    assert same_results(before, after, CALLS)
