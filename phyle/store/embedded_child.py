"""Becomes the PostgreSQL child: drops root's rights, ties its life to its parent's, then executes the server.

Run as a script by the interpreter, never imported. It exists because code between fork and exec is unsafe in a process
with threads, and because the kernel forgets the tie when rights are dropped after it was made (prctl(2)).

    embedded_child.py UID GID PARENT COMMAND [ARGUMENT...]        UID -1: keep the rights as they are
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Never returns: either the command takes over this process or it exits."""
    uid, gid, parent = (int(word) for word in sys.argv[1:4])
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        # SIGINT is PostgreSQL's fast shutdown: sessions end, a checkpoint is written, nothing needs recovery.
        if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGINT) != 0:
            sys.exit(f"prctl: {os.strerror(ctypes.get_errno())}")
        if os.getppid() != parent:  # it died before the tie was made
            sys.exit("the parent is gone")
    os.execv(sys.argv[4], sys.argv[4:])  # noqa: S606  # no shell is the point


if __name__ == "__main__":
    main()
