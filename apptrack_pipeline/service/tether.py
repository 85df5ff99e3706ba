"""Becomes another program, which the kernel then ends together with its parent (Linux only).

Run by its path in a bare interpreter: `python -I -S tether.py <pid of the parent> <program> <arguments>`.
Not a `preexec_fn`: code between fork and exec may deadlock in a process that has threads.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # prctl(2); the setting survives execve(2), but is not inherited by fork(2)


def main() -> None:
    """Tie this process to its parent, then become the program that the arguments name."""
    parent, program = int(sys.argv[1]), sys.argv[2:]
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() == parent:  # else it has ended before the line above
        os.execv(program[0], program)  # noqa: S606 - the supervisor's own command


if __name__ == "__main__":
    main()
