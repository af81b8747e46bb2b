"""Workers with a gate: ``python -m tests.core.gate_child SCENE ARGUMENT …``.

Each tells one line when it is ready, and ends when the standard input does.
"""

import json
import multiprocessing
import os
import subprocess
import sys
import threading
from pathlib import Path

from maintenance_core.draining import look
from maintenance_core.exceptions import StoreError
from maintenance_core.gate import Gate

# A child of multiprocessing has another standard input.
END = os.dup(0)


def tell(value):
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def wait_for_the_end():
    os.read(END, 1)


def busy(path):
    """A request is in flight."""
    with Gate(Path(path)).visit():
        tell(os.getpid())
        wait_for_the_end()


def idle(path):
    """There was a request."""
    gate = Gate(Path(path))
    with gate.visit():
        pass
    tell(os.getpid())
    wait_for_the_end()


def forked(path, how, parent, *actions):
    """A worker that is ``busy`` or ``idle`` has a child, which does some ``actions``."""
    gate = Gate(Path(path))
    inherited = gate.visit()
    inherited.enter()
    if parent == "idle":
        inherited.leave()
    # A copy of what was in use at the moment stays in the child for ever.
    in_use = gate._place
    own = gate.visit()
    steps = {"leave": inherited.leave, "enter": own.enter, "leave own": own.leave}

    def child():
        for action in actions:
            steps[action]()
        tell(os.getpid())
        wait_for_the_end()

    if how == "multiprocessing":
        multiprocessing.get_context("fork").Process(target=child).start()
    elif os.fork() == 0:
        child()
        os._exit(0)
    wait_for_the_end()
    del in_use


def forked_amid(path):
    """A worker has a child while another of its threads is entering."""
    gate = Gate(Path(path))
    entering = threading.Event()
    forked = threading.Event()

    def enter():
        with gate._mutex:
            entering.set()
            forked.wait()

    threading.Thread(target=enter).start()
    entering.wait()
    if os.fork() == 0:
        with gate.visit():
            tell(os.getpid())
            wait_for_the_end()
        os._exit(0)
    forked.set()
    wait_for_the_end()


def spawned(path):
    """A worker that is busy starts another program, which may have all of its descriptors."""
    with Gate(Path(path)).visit():
        program = "import os; print(os.getpid(), flush=True); os.read(0, 1)"
        subprocess.Popen([sys.executable, "-c", program], close_fds=False)
        wait_for_the_end()


def left_at_exit(path):
    """A worker ends in the middle of a request, of which a module knows."""
    sys.modules["__main__"].visit = visit = Gate(Path(path)).visit()
    visit.enter()
    tell(look(Path(path)).busy)


def as_user(uid, gid, path):
    """What the gate says to another user: to a worker and to a drain."""
    os.setgroups([])
    os.setgid(int(gid))
    os.setuid(int(uid))
    gate = Gate(Path(path))
    with gate.visit():
        try:
            tell([gate.problem, look(Path(path)).busy])
        except StoreError as error:
            tell([gate.problem, str(error)])


if __name__ == "__main__":
    scenes = (busy, idle, forked, forked_amid, spawned, left_at_exit, as_user)
    {scene.__name__: scene for scene in scenes}[sys.argv[1]](*sys.argv[2:])
