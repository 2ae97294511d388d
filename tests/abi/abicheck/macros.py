# SPDX-License-Identifier: GPL-2.0-or-later
"""The macros a set of headers defines, and the value of each that has one.

A macro's body says nothing by itself, so the compiler is asked: which bodies are integer
constants, which are strings, which are types; the line numbers of its errors tell the rest
apart. Function-like macros are expanded with a few sample arguments, and compared where that
yields constants.
"""
import re

from . import toolchain

DEFINE = re.compile(r"#define (\w+)(\(([^)]*)\))?(?: (.*))?$")
SAMPLES = (0, 1, 5, 0x1234, 0x7fffffff)


def list_macros(side):
    """Name to (parameters or None, body) of what the headers add to the prelude."""
    def dump(text):
        found = {}
        for line in toolchain.must(side.gcc("-E", "-dM", toolchain.write_source(text))).split("\n"):
            m = DEFINE.match(line)
            if m:
                params = None if m.group(2) is None else m.group(3)
                found[m.group(1)] = (params, (m.group(4) or "").strip())
        return found

    def added():
        before, after = dump(toolchain.PRELUDE), dump(side.source)
        return {n: v for n, v in after.items() if before.get(n) != v}
    return side.once("macros", added)


def _which_compile(side, lines):
    """The indexes of those lines (index to text) that compile behind the headers."""
    keys, bad = list(lines), {-1}
    # Again until nothing is left to complain of: an unknown name is reported once a run.
    while bad:
        text = side.source + '#line 1 "probe"\n' + "".join(lines[k] + "\n" for k in keys)
        _, _, err = toolchain.run(side.gcc("-fsyntax-only", "-fmax-errors=0",
                                           "-ftrack-macro-expansion=0",
                                           toolchain.write_source(text)))
        bad = {int(n) - 1 for n in
               re.findall(r"^probe:(\d+):(?:\d+:)? (?:fatal )?error:", err, re.M)}
        keys = [k for i, k in enumerate(keys) if i not in bad]
    return keys


def _print(side, statements):
    """Runs a program of printf statements against the headers; returns key to line."""
    keys = list(statements)
    body = "".join('    printf("%d ", {0}); {1}\n'.replace("{0}", str(i)).replace(
        "{1}", statements[k]) for i, k in enumerate(keys))
    text = side.source + "#include <stdio.h>\nint main(void)\n{\n%s    return 0;\n}\n" % body
    exe = toolchain.write_source("", ".exe")
    toolchain.must(side.gcc("-O0", "-o", exe, toolchain.write_source(text)))
    out = {}
    for line in toolchain.must([exe]).split("\n"):
        number, _, value = line.partition(" ")
        if number:
            out[keys[int(number)]] = value
    return out


def values(side, exprs, bodies=None):
    """As below, asked of the compiler once for each set of expressions."""
    return side.once(("values", tuple(sorted(exprs.items()))),
                     lambda: _values(side, exprs, bodies or {}))


def _values(side, exprs, bodies):
    """Key to value of each expression that has one.

    A value is a text: `int VALUE, SIZE bytes, signed or not`, or a string in quotes.
    """
    # Strings first: a string's address would pass for an integer. A braced list is no string.
    strings = _which_compile(side, {
        k: "static const char probe_%d[] = %s;" % (i, e)
        for i, (k, e) in enumerate(exprs.items())})
    strings = set(k for k in strings if not bodies.get(k, "").startswith("{"))
    rest = {k: e for k, e in exprs.items() if k not in strings}
    ints = _which_compile(side, {
        k: "static const long long probe_%d = (long long)(%s);" % (i, e)
        for i, (k, e) in enumerate(rest.items())})
    show = {}
    for k in ints:
        e = exprs[k]
        show[k] = ('printf("%%#llx, %%zu bytes, %%s\\n", (unsigned long long)(%s), sizeof(%s), '
                   '((__typeof__(%s))-1 < (__typeof__(%s))1) ? "signed" : "unsigned");'
                   % (e, e, e, e))
    for k in strings:
        show[k] = 'printf("\\"%%s\\"\\n", (const char[]){%s});' % exprs[k]
    return _print(side, show)


def constants(side, macros):
    """Values of the object-like macros, by name."""
    bodies = {n: body for n, (params, body) in macros.items() if params is None and body}
    return values(side, {n: n for n in bodies}, bodies)


def type_aliases(side, macros, known):
    """Sizes of the object-like macros that stand for a type, by name."""
    exprs = {n: "sizeof(%s)" % n for n, (params, body) in macros.items()
             if params is None and body and n not in known}
    return values(side, exprs)


def calls(side, macros, names):
    """Values of function-like macros at sample arguments, by `name(arguments)`."""
    exprs = {}
    for name in names:
        params = macros[name][0]
        count = len(params.split(",")) if params.strip() else 0
        if "..." in params or count > 3:
            continue
        for at in range(len(SAMPLES) if count else 1):
            args = ", ".join(str(SAMPLES[(at + i) % len(SAMPLES)]) for i in range(count))
            call = "%s(%s)" % (name, args)
            exprs[call] = call
    return values(side, exprs) if exprs else {}
