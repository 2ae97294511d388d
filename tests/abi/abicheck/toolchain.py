# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs compilers over sources given as strings, in a directory that goes away at the end."""
import atexit
import os
import shutil
import subprocess
import tempfile

# What the reference expects its includer to have included already.
PRELUDE = "#include <stdint.h>\n#include <stddef.h>\n#include <string.h>\n" \
          "#define xen_mb() ((void)0)\n#define xen_rmb() ((void)0)\n#define xen_wmb() ((void)0)\n"

_work = None
_count = 0


def work_dir():
    global _work
    if _work is None:
        _work = tempfile.mkdtemp(prefix="abi-test-")
        atexit.register(shutil.rmtree, _work, True)
    return _work


def write_source(text, suffix=".c"):
    global _count
    _count += 1
    path = os.path.join(work_dir(), "%d%s" % (_count, suffix))
    with open(path, "w") as f:
        f.write(text)
    return path


def run(argv):
    """Returns exit status, output, and errors in the C locale."""
    env = dict(os.environ, LC_ALL="C")
    try:
        done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env,
                              universal_newlines=True)
    except FileNotFoundError:
        return 127, "", "%s is not installed" % argv[0]
    return done.returncode, done.stdout, done.stderr


def must(argv):
    status, out, err = run(argv)
    if status:
        raise SystemExit("tests/abi: %s failed:\n%s" % (" ".join(argv), err[:3000]))
    return out


class Side:
    """One set of headers in one configuration: how to compile against it."""

    def __init__(self, include, headers, defines, alone=False):
        # The reference lies in /usr/include, which is searched anyway: -I would be dropped.
        self.flags = ["-std=gnu17", "-w", "-ffreestanding"] + list(defines)
        if os.path.realpath(include) != "/usr/include":
            self.flags += ["-I", include]
        self.headers = list(headers)
        self.known = {}  # answers already got from the compiler, by question
        # xen.h first: some of the reference's headers count on it without saying so.
        self.source = PRELUDE + ("" if alone else "#include <xen/xen.h>\n") + "".join(
            "#include <%s>\n" % h for h in self.headers)

    def gcc(self, *more):
        return ["gcc"] + self.flags + list(more)

    def once(self, question, answer):
        """The answer to a question, computed the first time it is asked."""
        if question not in self.known:
            self.known[question] = answer()
        return self.known[question]
