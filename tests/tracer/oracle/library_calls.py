"""Calls of pure-Python functions of the standard library, much as its doctests and tests make them.

Each row: module, parameters, body of `call` (an expression, or statements), argument lists.
"""

_SORTS = ("[3, 1, 2]", "[]", "[5]", "[9, 8, 7, 6, 5]", "[1, 1, 0, 1]", "[4, -2, 7, 0, 3, 3]", "['b', 'a', 'c']",
          "[2.5, 1, -0.5]", "[(1, 'x'), (0, 'y')]", "[10, 2, 33, 4, 5, 66, 7]")  # fmt: skip
_NUMBERS = ("[1, 2, 3, 4]", "[2.75, 1.75, 1.25, 0.25, 0.5, 1.25, 3.5]", "[1]", "[]", "[-1.0, 2.5, 3.25, 5.75]",
            "[1, 1, 2, 3]", "[10, 20]", "[4, 4, 4]", "[0.5, 0.75, 0.625, 0.375]", "[7, 1, 5, 3, 9, 11]")  # fmt: skip
_TEXTS = ("'Hello there, how are you this fine day?', 12", "'', 5", "'a b c', 1", "'aaaaaaaaaaaa bb', 4",
          "'one\\ntwo  three', 8", "'well-known hyphen-ated words', 10", "'x', 70")  # fmt: skip
_PAIRS = ("'abxcd', 'abcd'", "'qabxcd', 'abycdf'", "'', 'a'", "'', ''", "'private Thread', 'private volatile Thread'",
          "'ape', 'apple'", "[1, 2, 3], [1, 3, 2]")  # fmt: skip
_COLOURS = (
    "0.2, 0.4, 0.4",
    "0.0, 0.0, 0.0",
    "1.0, 1.0, 1.0",
    "0.5, 0.25, 0.75",
    "1.0, 0.0, 0.5",
    "0.1, 0.9, 0.3",
)
_PATHS = ("'/foo/bar'", "''", "'a/../b//c/.'", "'/'", "'//x/..'", "'foo.tar.gz'", "'.bashrc'", "'../../a'")
_BYTES = (
    "b'abc'",
    "b''",
    "b'\\x00\\x00\\x00\\x00ab'",
    "b'www.python.org'",
    "b'     x'",
    r"b'\x00\x00\x00\x00\x00'",
)
_DATES = ("2020, 1", "2021, 2", "1999, 12", "2000, 2", "2024, 6")
_URLS = ("'http://a/b/c/d;p?q#f'", "'mailto:x@y.z'", "''", "'//net:80/p'", "'http://u:p@h:1/x?a=1&b=2'")
_POINTS = ("[1, 2, 3, 4, 5], [9, 7, 5, 3, 1]", "[1, 2, 3], [2, 4, 7]", "[1], [2]", "[1, 2], [1]")
_ANY = ("[1, [2, {'a': (3,)}]]", "{}", "({1, 2}, 'x')", "[[], [], []]", "{'k': [1.5, None]}")

CALLS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("heapq", "xs", "heapify(xs)\nreturn [heappop(xs) for _ in range(len(xs))]", _SORTS),
    ("heapq", "xs", "h = []\nfor x in xs:\n    heappush(h, x)\nreturn h", _SORTS),
    ("heapq", "xs, x", "heapify(xs)\nreturn heappushpop(xs, x), heapreplace(xs, x)", ("[3, 1], 2", "[1], 0", "[], 1")),
    ("heapq", "n, xs", "nsmallest(n, xs), nlargest(n, xs)", ("2, [3, 1, 2]", "0, [1]", "9, [2, 1]", "1, [4, 5]")),
    ("heapq", "n, xs", "nlargest(n, xs, key=lambda v: -v)", ("2, [3, 1, 2, 5]", "1, [1]", "3, [4, 5]")),
    ("heapq", "a, b", "list(merge(a, b))", ("[1, 3, 5], [2, 4]", "[], [1]", "[1, 1], [1]", "[1], []")),
    ("heapq", "a, b", "list(merge(a, b, key=abs, reverse=True))", ("[5, -3, 1], [-4, 2]", "[], []", "[1], [-1]")),
    ("bisect", "xs, x", "bisect_left(xs, x), bisect_right(xs, x)", ("[1, 2, 2, 3], 2", "[], 1", "[1], 0", "[1], 2")),
    ("bisect", "xs, x", "insort_right(xs, x)\ninsort_left(xs, x)\nreturn xs", ("[1, 3], 2", "[], 1", "[2], 2")),
    ("bisect", "xs, x", "bisect_right(xs, x, key=len)", ("['a', 'bb'], 1", "['a'], 0", "[], 1")),
    *[("statistics", "xs", f"{name}(xs)", _NUMBERS) for name in (
        "mean", "median", "median_low", "median_high", "mode", "multimode", "variance", "pstdev", "harmonic_mean",
        "quantiles", "median_grouped", "fmean", "geometric_mean")],
    ("statistics", "xs, ys", "covariance(xs, ys), correlation(xs, ys)", _POINTS),
    ("statistics", "xs, ys", "linear_regression(xs, ys)", _POINTS),
    ("textwrap", "text, width", "wrap(text, width)", _TEXTS),
    ("textwrap", "text, width", "fill(text, width)", _TEXTS),
    ("textwrap", "text, width", "shorten(text, width, placeholder='..')", _TEXTS),
    ("textwrap", "text", "dedent(text)", ("'  a\\n   b\\n'", "'\\n\\tx\\n  y'", "''", "' a'")),
    ("textwrap", "text", "indent(text, '> ')", ("'a\\n\\nb'", "''", "'x\\n'")),
    *[("difflib", "a, b", f"SequenceMatcher(None, a, b).{name}()", _PAIRS) for name in (
        "ratio", "get_matching_blocks", "get_opcodes", "quick_ratio")],
    ("difflib", "a, b", "list(ndiff(list(a), list(b)))", _PAIRS[:4]),
    ("difflib", "a, b", "list(unified_diff(list(map(str, a)), list(map(str, b))))", _PAIRS),
    ("difflib", "a, b", "get_close_matches(a, b)", ("'appel', ['ape', 'apple', 'peach']", "'x', []")),
    ("fractions", "a, b", "Fraction(a, 3) + Fraction(b, 4)", ("1, 2", "-3, 8", "0, 0")),
    ("fractions", "a, b", "(lambda f: (f.numerator, f.denominator))(Fraction(a).limit_denominator(b))",
     ("'3.1415926535897932', 10", "'3.14', 100", "'0.5', 1", "'x', 1", "'-7/3', 2")),
    ("fractions", "a, b", "str(Fraction(a) ** b), Fraction(a) < b, hash(Fraction(a))", ("'1/2', 2", "'2', -1", "'0', -1")),
    ("json.decoder", "s, end", "py_scanstring(s, end)",
     ("'\"abc\"', 1", "'\"a\\\\n\\\\u00e9\"', 1", "'\"a', 1", "'\"\\\\x\"', 1", "'\"\\\\ud834\\\\udd20\"x', 1")),
    ("json.encoder", "s", "py_encode_basestring_ascii(s)", ("'abc'", "'é\\n'", "''", "'\\U0001d120'")),
    ("string", "s", "capwords(s)", ("'hello  world'", "''", "'ABC DEF'")),
    ("string", "s, x", "Formatter().format(s, x, y=x)", ("'{0} {y!r:>5}', 3", "'{{', 1", "'{}{}', 2", "'{0[0]}', [4]")),
    ("string", "s", "Template(s).safe_substitute(who='tim', n=3)", ("'$who likes ${n} $$'", "'$other $'", "''")),
    ("calendar", "y, m", "monthrange(y, m), monthcalendar(y, m)", _DATES),
    ("calendar", "y, m", "TextCalendar(6).formatmonth(y, m)", _DATES[:3]),
    ("calendar", "y, m", "isleap(y), leapdays(1990, y), weekday(y, m, 3)", _DATES),
    ("fnmatch", "p", "translate(p)", ("'*.py'", "'a[!b]?'", "'**x*'", "'[z-a]'", "'[]'", "''")),
    ("shlex", "s", "split(s)", ("'a \"b c\" d'", "\"x 'y\"", "''", "'a\\\\ b # c'", "'-o 1 foo'")),
    ("shlex", "s", "quote(s), join([s, 'a'])", ("'a b'", "''", "\"it's\"", "'ok'")),
    *[("colorsys", "a, b, c", f"{name}(a, b, c)", _COLOURS) for name in (
        "rgb_to_hsv", "hsv_to_rgb", "rgb_to_hls", "hls_to_rgb", "rgb_to_yiq", "yiq_to_rgb")],
    ("graphlib", "g", "list(TopologicalSorter(g).static_order())",
     ("{4: [2, 3], 2: [1], 3: [1]}", "{}", "{1: [2], 2: [1]}", "{1: [], 2: [1]}", "{1: [1]}")),
    ("graphlib", "g", "t = TopologicalSorter(g)\nt.prepare()\nout = []\nwhile t.is_active():\n    ready = t.get_ready()\n"
     "    t.done(*ready)\n    out.append(ready)\nreturn out", ("{4: [2, 3], 2: [1], 3: [1]}", "{3: [2]}", "{}")),
    *[("base64", "b", f"{name}(b)", _BYTES) for name in ("b32encode", "a85encode", "b85encode", "b16encode")],
    ("base64", "b", "b85decode(b)", ("b'VPaz'", "b''", "b'X*b|'", "b' '")),
    ("base64", "b", "a85decode(b)", ("b'@:E^'", "b'z'", "b'~'")),
    ("base64", "b", "b32decode(b)", ("b'MFRGG==='", "b'A'", "b''")),
    ("copy", "x", "copy(x)", _ANY),
    ("functools", "xs", "sorted(xs, key=cmp_to_key(lambda a, b: (a > b) - (a < b)))", _SORTS[:6]),
    ("functools", "xs", "reduce(lambda a, b: a * 2 + b, xs, 1)", _SORTS[:6]),
    ("functools", "x", "partial(max, 3, key=abs)(x)", ("2", "-4", "'a'")),
    *[("posixpath", "p", f"{name}(p)", _PATHS) for name in ("normpath", "split", "splitext", "basename", "dirname")],
    ("posixpath", "a, b", "join(a, b)", ("'a', 'b'", "'a/', 'b'", "'a', '/b'", "'', 'b'")),
    ("posixpath", "ps", "commonpath(ps)", ("['/a/b', '/a/c']", "['a', '/b']", "[]", "['a/b/c', 'a/b']")),
    *[("ntpath", "p", f"{name}(p)", (*_PATHS[:5], "'c:\\\\a\\\\..\\\\b'", "'\\\\\\\\h\\\\s\\\\x'")) for name in (
        "splitdrive", "normpath", "split")],
    ("html", "s", "escape(s)", ("'<a href=\"x\">&'", "''", "\"'\"")),
    *[("urllib.parse", "u", f"{name}(u)", _URLS) for name in ("urlsplit", "urldefrag", "unquote")],
    ("urllib.parse", "u", "quote(u), quote_plus(u)", _URLS),
    ("urllib.parse", "q", "parse_qsl(q, keep_blank_values=True)", ("'a=1&b=2'", "'a=&c'", "''", "'a=%20+x'")),
    ("urllib.parse", "a, b", "urljoin(a, b)", ("'http://a/b/c/d', '../g'", "'http://a/b', 'http://c'", "'', 'x'",
                                               "'http://a/b/c', '?y'", "'http://a/b/', './../../g'")),
    ("quopri", "s", "quote(s), ishex(s), unhex(s + s)", ("b'A'", "b'9'", "b'f'")),
    ("reprlib", "x", "Repr().repr(x)", (*_ANY, "[1, 2, 3, 4, 5, 6, 7, 8]", "'an example of a text that is quite long'")),
    ("operator", "a, b", "countOf(a, b), concat(a, a), contains(a, b)", ("[1, 2, 1], 1", "[], 0", "'', 1")),
    ("operator", "a, b", "indexOf(a, b)", ("[1, 2], 2", "[], 0", "'ab', 'b'")),
    ("operator", "a, b", "itemgetter(b, 0)(a)", ("[1, 2], 1", "[], 0", "'ab', 5")),
    ("collections", "xs", "ChainMap({1: 2}, dict.fromkeys(xs, 0)).new_child({5: 6}).get(5)", ("[1, 2]", "[]")),
    ("collections", "xs", "UserList(xs).index(1), len(UserList(xs) * 2)", ("[1, 2]", "[]")),
    ("_pydatetime", "a, b, c", "_ord2ymd(_ymd2ord(a, b, c))", ("2020, 2, 29", "1, 1, 1", "1999, 12, 31", "2021, 2, 29")),
    ("_pydatetime", "a, b, c", "_isoweek_to_gregorian(a, b, c)", ("2020, 53, 1", "2021, 1, 1", "2021, 53, 1", "0, 1, 1")),
    ("_pydecimal", "a, b", "_sqrt_nearest(a, b)", ("100, 3", "7, 1", "0, 1", "12345, 99")),
    ("_pydecimal", "a, b", "_div_nearest(a, b), _rshift_nearest(a, b)", ("100, 3", "7, 2", "9, 1")),
    ("_pydecimal", "a, b", "_ilog(a, b), _iexp(a, b)", ("150, 100", "7, 10", "1000, 999")),
    ("ipaddress", "s", "str(ip_network(s).broadcast_address)", ("'10.0.0.0/29'", "'10.0.0.1/29'", "'x'", "'::1/128'")),
    ("ipaddress", "s", "ip_address(s).is_private", ("'192.168.0.1'", "'8.8.8.8'", "'1.2.3'")),
    ("email._parseaddr", "s", "parsedate_tz(s)", ("'Mon, 20 Nov 1995 19:12:08 -0500'", "''", "'6 Nov 94'", "'x y z'")),
    ("email.quoprimime", "s", "header_encode(s), body_length(s)", ("b'a b?'", "b''", "b'\\xe9'")),
    ("encodings.punycode", "s", "punycode_encode(s)", ("'b\\xfccher'", "'abc'", "''", "'\\u4ed6\\u4eec'")),
    ("encodings.punycode", "s", "punycode_decode(s, 'strict')", ("b'bcher-kva'", "b'abc-'", "b'ihqwcr'", "b'!!'")),
    ("inspect", "s", "cleandoc(s)", ("' a\\n   b\\n   c\\n'", "''", "'\\n\\n x\\n'")),
    ("xml.sax.saxutils", "s", "escape(s), quoteattr(s)", ("'<a&b>'", "'\"x\"'", "\"it's \\\"\"")),
    ("xml.etree.ElementPath", "s", "list(xpath_tokenizer(s))", ("'./a[@b=\"c\"]'", "'*//x'", "''", "'{ns}a/..'")),
    ("http.cookies", "s", "_quote(s), _unquote(s)", ("'a b'", "'\"x\\\\073y\"'", "'ok'", "''")),
    ("nturl2path", "s", "url2pathname(s)", ("'///C:/foo/bar'", "'/a/b'", "'///C:a:b'")),
    ("contextlib", "x", "out = []\nwith ExitStack() as stack:\n    stack.callback(out.append, x)\n"
     "    stack.enter_context(suppress(KeyError))\n    stack.push(lambda *error: out.append(len(error)))\n"
     "    {}[x]\nreturn out", ("1", "'a'", "[]")),
    ("contextlib", "x", "out = []\n@contextmanager\ndef manager():\n    out.append(x)\n    try:\n        yield x\n"
     "    finally:\n        out.append('end')\nwith manager() as m:\n    out.append(m)\nreturn out", ("1", "'a'", "[]")),
    ("csv", "s", "Sniffer().has_header(s)", ("'a,b\\n1,2\\n3,4\\n'", "'x;y\\n1;2\\n'", "'1 2\\n'")),
    ("uuid", "s", "UUID(s).hex, UUID(s).version", ("'12345678123456781234567812345678'", "'x'")),
    ("stringprep", "s", "map_table_b2(s), in_table_c12(s)", ("'A'", "'\\xdf'", "'\\xa0'")),
)  # fmt: skip
"""Nothing that depends on addresses: no `deepcopy`, `pformat`, nor (before 3.12) the hash of None."""
