"""`phyle up` that ends when whoever started it is gone, however they went: then its standard input is at an end."""

import os
import runpy
import signal
import sys
import threading


def _watch() -> None:
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_watch, daemon=True).start()
    sys.argv = ["phyle", "up"]
    runpy.run_module("phyle", run_name="__main__", alter_sys=True)
