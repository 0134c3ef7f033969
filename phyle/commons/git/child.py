"""Becomes git with tied hands: limits of the kernel, and a life that ends with its parent's; then executes it.

Run as a script by the interpreter, never imported, because code between fork and exec is unsafe in a process with
threads.

    child.py PARENT MEMORY FILE CPU FILES COMMAND [ARGUMENT...]        bytes, bytes, seconds, number; -1: no limit
"""

import ctypes
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1
_LIMITS = (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_CPU, resource.RLIMIT_NOFILE)


def main() -> None:
    """Never returns: either the command takes over this process or it exits."""
    parent = int(sys.argv[1])
    if sys.platform == "linux":
        if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
            sys.exit(f"prctl: {os.strerror(ctypes.get_errno())}")
        if os.getppid() != parent:  # it died before the tie was made
            sys.exit("the parent is gone")
    for which, most in zip(_LIMITS, sys.argv[2:6], strict=True):
        if int(most) >= 0:
            resource.setrlimit(which, (int(most), int(most)))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execv(sys.argv[6], sys.argv[6:])  # noqa: S606  # no shell is the point


if __name__ == "__main__":
    main()
