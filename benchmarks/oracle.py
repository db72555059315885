"""An oracle for the tracer that shares nothing with it: the program rewritten to report about itself.

Every statement is preceded by a call that notes the line and the variables, every condition and iterable is
wrapped, and so on. It knows functions made of plain statements; programs with `try`, `with`, `match`,
classes, generators and the like are left out (`supported`).
"""

import ast
import sys
from collections import defaultdict
from dataclasses import dataclass, field

MAX_EVENTS = 5_000
_UNSUPPORTED = (
    ast.Try, ast.TryStar, ast.With, ast.AsyncWith, ast.Match, ast.ClassDef, ast.Yield, ast.YieldFrom,
    ast.Await, ast.AsyncFunctionDef, ast.AsyncFor, ast.Global, ast.Nonlocal, ast.Import, ast.ImportFrom,
    ast.Delete,
)  # fmt: skip

_GUARD = """\
try:
    pass
except BaseException as _oracle_error:
    _oracle.fail(_oracle_error)
    raise
"""


class TooLongError(BaseException):
    """The program runs for longer than the oracle follows it."""


@dataclass
class Execution:
    """One execution of a line: variables and identities before and after, as `encode` gives them."""

    line: int
    vector: tuple
    before: dict
    after: dict | None = None
    same: dict = field(default_factory=dict)
    outcome: bool | None = None


@dataclass
class Pass:
    """One pass through a loop; `state` is that right after it was left."""

    iterations: int = 0
    state: dict | None = None


class Call:
    """What one call of a function reported."""

    def __init__(self, function, call, log, arguments):
        self.function = function
        self.call = call
        self.arguments = arguments
        self.executions = []
        self.passes = defaultdict(list)
        self.values = defaultdict(list)
        self.returned = None
        self.raised = None
        self._log = log
        self._iteration = {}
        self._see(arguments)

    def before(self, line, chain):
        """A line is about to run."""
        self._log.tick()
        state = self._see(encoded(sys._getframe(1).f_locals))
        vector = tuple(self._iteration[loop] for loop in chain)
        self.executions.append(Execution(line, vector, state))

    def after(self, line):
        """The last execution of a line is over."""
        execution = next(e for e in reversed(self.executions) if e.line == line)
        variables = sys._getframe(1).f_locals
        execution.after = self._see(encoded(variables))
        execution.same = identities(variables)

    def unchanged(self, line):
        """The statement that follows changes nothing, and nothing runs after it here."""
        self.executions[-1].after = self.executions[-1].before
        self.executions[-1].same = identities(sys._getframe(1).f_locals)

    def test(self, line, chain, value):
        """A condition was evaluated; return its outcome."""
        outcome = bool(value)
        execution = self.executions[-1]
        execution.outcome = outcome
        variables = sys._getframe(1).f_locals
        execution.after = self._see(encoded(variables))
        execution.same = identities(variables)
        return outcome

    def start(self, line):
        """A loop is about to start."""
        self.passes[line].append(Pass())
        self._iteration[line] = 0

    def iterate(self, line):
        """A body of a loop begins."""
        self.passes[line][-1].iterations += 1
        self._iteration[line] += 1

    def left(self, line):
        """A `break` leaves a loop."""
        self.passes[line][-1].state = encoded(sys._getframe(1).f_locals)

    def ended(self, line):
        """A `while` test was false."""
        self.passes[line][-1].state = self.executions[-1].after

    def loop(self, line, chain, iterable):
        """Hand out the items of a `for`, noting each look at its header."""
        iterator = iter(iterable)
        execution = self.executions[-1]  # noted before the iterable was evaluated
        while True:
            if execution is None:
                self._log.tick()
                variables = sys._getframe(1).f_locals
                vector = tuple(self._iteration[loop] for loop in chain)
                execution = Execution(line, vector, self._see(encoded(variables)))
                self.executions.append(execution)
            try:
                item = next(iterator)
            except StopIteration:
                variables = sys._getframe(1).f_locals
                execution.after = self._see(encoded(variables))
                execution.same = identities(variables)
                self.passes[line][-1].state = execution.after
                return
            self.iterate(line)
            yield item
            execution = None

    def give(self, value):
        """The call returns a value; return it."""
        self.returned = encode(value)
        self.unchanged(0)
        self.executions[-1].after = self._see(encoded(sys._getframe(1).f_locals))
        return value

    def fall(self):
        """The call reaches its end."""
        self.returned = encode(None)

    def fail(self, error):
        """An exception leaves the call."""
        self.raised = type(error).__name__

    def _see(self, state):
        for name, value in state.items():
            taken = self.values[name]
            if not taken or taken[-1] != value:
                taken.append(value)
        return state


class Log:
    """Collects the calls of one run."""

    def __init__(self):
        self.calls = []
        self._counts = defaultdict(int)
        self._left = MAX_EVENTS

    def enter(self, function):
        """A call begins."""
        self._counts[function] += 1
        call = Call(function, self._counts[function], self, encoded(sys._getframe(1).f_locals))
        self.calls.append(call)
        return call

    def tick(self):
        """Count an event."""
        self._left -= 1
        if self._left < 0:
            raise TooLongError


def encode(value, depth=0):
    """Return a comparable picture of a value with its types, None for what is no plain data."""
    kind = type(value)
    if kind in (bool, int, str, bytes, type(None), float):
        return (kind.__name__, repr(value))
    if depth > 20 or kind not in (list, tuple, dict, set, frozenset):
        return ("?",)
    if kind is dict:
        parts = [(encode(key, depth + 1), encode(item, depth + 1)) for key, item in value.items()]
    else:
        parts = [encode(item, depth + 1) for item in value]
        if kind in (set, frozenset):
            parts.sort()
    return (kind.__name__, *parts)


def encoded(variables):
    """Return name -> picture of the program's own variables."""
    return {name: encode(value) for name, value in variables.items() if not name.startswith("_oracle")}


def identities(variables):
    """Return name -> identity of the containers."""
    return {name: id(value) for name, value in variables.items() if type(value) in (list, dict, set)}


def supported(tree):
    """Tell whether the oracle knows all of a program."""
    for node in ast.walk(tree):
        if isinstance(node, _UNSUPPORTED) and node not in tree.body:
            return False
    return all(isinstance(node, ast.FunctionDef | ast.Import | ast.ImportFrom) for node in tree.body)


def run(source, entry_point, args, kwargs):
    """Run the rewritten program; return its log, None where the oracle does not know it."""
    tree = ast.parse(source)
    if not supported(tree):
        return None
    log = Log()
    _rewrite(tree, "")
    scope = {"__name__": "program", "_oracle_log": log}
    exec(compile(ast.fix_missing_locations(tree), "<oracle>", "exec"), scope)
    try:
        scope[entry_point](*args, **kwargs)
    except TooLongError:
        return None
    except (Exception, SystemExit):
        pass
    return log


def _rewrite(parent, prefix):
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, ast.FunctionDef):
            name = prefix + node.name
            node.body = _body(node, name)
        else:
            _rewrite(node, prefix)


def _body(function, name):
    body = [
        *_block(function.body, (), f"{name}.<locals>."),
        ast.Expr(_call("fall")),
    ]
    enter = ast.parse(f"_oracle = _oracle_log.enter({name!r})").body[0]
    guard = ast.parse(
        "try:\n    pass\nexcept BaseException as _oracle_error:\n    _oracle.fail(_oracle_error)\n    raise"
    )
    guard.body[0].body = body
    return [enter, guard.body[0]]


def _call(method, *arguments):
    values = [argument if isinstance(argument, ast.AST) else ast.parse(repr(argument), mode="eval").body
              for argument in arguments]  # fmt: skip
    return ast.Call(ast.Attribute(ast.Name("_oracle", ast.Load()), method, ast.Load()), values, [])


def _block(statements, chain, prefix):
    result = []
    for node in statements:
        result += _statement(node, chain, prefix)
    return result


def _statement(node, chain, prefix):
    line = node.lineno
    before = ast.Expr(_call("before", line, chain))
    match node:
        case ast.Expr(value=ast.Constant()) | ast.AnnAssign(value=None):
            return [node]
        case ast.FunctionDef():
            node.body = _body(node, prefix + node.name)
            return [before, node, ast.Expr(_call("after", line))]
        case ast.If():
            node.test = _call("test", line, chain, node.test)
            node.body = _block(node.body, chain, prefix)
            node.orelse = _block(node.orelse, chain, prefix)
            return [before, node]
        case ast.For():
            inner = (*chain, line)
            node.iter = _call("loop", line, chain, node.iter)
            node.body = [ast.Expr(_call("after", line)), *_block(node.body, inner, prefix)]
            node.orelse = _block(node.orelse, chain, prefix)
            return [ast.Expr(_call("start", line)), before, node]
        case ast.While():
            return _while(node, chain, prefix, before)
        case ast.Break():
            return [before, ast.Expr(_call("unchanged", line)), ast.Expr(_call("left", chain[-1])), node]
        case ast.Continue():
            return [before, ast.Expr(_call("unchanged", line)), node]
        case ast.Return():
            node.value = _call("give", node.value or ast.Constant(None))
            return [before, node]
    return [before, node, ast.Expr(_call("after", line))]


def _while(node, chain, prefix, before):
    line = node.lineno
    endless = isinstance(node.test, ast.Constant) and bool(node.test.value)
    body = [ast.Expr(_call("iterate", line)), *_block(node.body, (*chain, line), prefix)]
    orelse = _block(node.orelse, chain, prefix)
    start = ast.Expr(_call("start", line))
    if endless:
        node.body = body
        return [start, before, ast.Expr(_call("unchanged", line)), node]
    # `while (before(), test(...))[1]`: each look at the condition is an execution of the line.
    pair = ast.Tuple([before.value, _call("test", line, chain, node.test)], ast.Load())
    node.test = ast.Subscript(pair, ast.Constant(1), ast.Load())
    node.body = body
    node.orelse = [ast.Expr(_call("ended", line)), *orelse]
    return [start, node]
