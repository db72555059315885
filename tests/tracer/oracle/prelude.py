"""What programs made by chance have before their own functions."""

PRELUDE = """\
import math as math_
import sys
import weakref
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from dataclasses import dataclass, field
from functools import lru_cache, wraps

G = 1
LOG = []
Pair = namedtuple("Pair", "x y")


class Oops(Exception):
    pass


@dataclass
class Rec:
    n: int = 0
    tags: list = field(default_factory=list)


class Mortal:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        LOG.append(self.n)


class Manager:
    def __init__(self, n, quiet=False):
        self.n = n
        self.quiet = quiet

    def __enter__(self):
        LOG.append("in")
        return self

    def __exit__(self, kind, error, trace):
        LOG.append("out")
        return self.quiet


class Tank:
    def __init__(self, n):
        self.__level = n

    @property
    def level(self):
        return self.__level

    @level.setter
    def level(self, amount):
        __old = self.__level
        self.__level = amount
        __old += 1

    @property
    def broken(self):
        try:
            raise AttributeError("a")
        finally:
            try:
                {}["k"]
            except KeyError:
                pass

    def bump(self):
        global G
        __t = G + 1
        __t += 3
        G = __t % 50
        return __t


def plain(function):
    @wraps(function)
    def inner(*args):
        value = function(*args)
        return value
    return inner


def touch(log, n):
    log.append(n)
    return len(log) % 9


def keeps(n):
    k = Mortal(n)
    it = numbers(n)
    return next(it, 0)


def numbers(n):
    try:
        for i in range(n):
            try:
                yield i
            except ValueError as e:
                LOG.append(e.args[0])
    finally:
        LOG.append("end")
    return n


def outer_numbers(n):
    last = yield from numbers(n)
    yield last
"""
