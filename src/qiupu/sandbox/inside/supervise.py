"""Run one command under limits, inside the sandbox, and send back what it wrote.

Called as ``supervise.py FD UID OUTPUT CAP LIMITS COMMAND...``. Everything that this program says is believed by nobody:
the host treats its report as the entry's own word, since the entry could have forged it. It exists because the file of
predictions lies on a file system that only the sandbox sees.

The report on ``FD`` is the line ``started``, then one line of facts, then the bytes of the predictions.
"""

import os
import resource
import stat
import sys


def become(uid: int) -> None:
    """Give up root for good: as root, RLIMIT_NPROC and file modes would mean nothing."""
    if uid >= 0:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


def limit(words: str) -> None:
    """Apply ``NAME=VALUE,...`` to this process and what it starts."""
    for word in words.split(","):
        name, _, value = word.partition("=")
        soft = int(value)
        hard = soft + 1 if name == "CPU" else soft
        kind = getattr(resource, "RLIMIT_" + name)
        ceiling = resource.getrlimit(kind)[1]
        if ceiling != resource.RLIM_INFINITY:  # what the machine limits already stays limited
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        resource.setrlimit(kind, (soft, hard))


def send(fd: int, data: bytes) -> None:
    """Write all of ``data``."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def open_output(path: str, cap: int) -> tuple[str, int, int]:
    """Return (verdict, descriptor, size); the descriptor is -1 unless the verdict is ``ok``."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return "missing", -1, 0
    except OSError:
        return "not-a-file", -1, 0
    facts = os.fstat(fd)
    if not stat.S_ISREG(facts.st_mode):
        return "not-a-file", -1, 0
    if facts.st_size > cap:
        return "too-big", -1, 0
    return "ok", fd, facts.st_size


def main() -> None:
    """Start, wait, kill what is left, report."""
    report, uid, output, cap, limits = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), sys.argv[5]
    command = sys.argv[6:]
    become(uid)
    send(report, b"started\n")
    child = os.fork()
    if child == 0:
        try:
            os.closerange(3, 1 << 16)
            os.nice(10)
            limit(limits)
            os.execv(command[0], command)  # noqa: S606  # the command is ours; no shell is wanted
        except BaseException as error:
            os.write(2, b"the entry could not be started: %r\n" % repr(error).encode())
        finally:
            os._exit(127)
    _, status, usage = os.wait4(child, 0)
    try:  # noqa: SIM105  # contextlib would double this program's own start
        os.kill(-1, 9)  # daemons left behind; not this process, not the sandbox's init
    except ProcessLookupError:
        pass
    everything = resource.getrusage(resource.RUSAGE_CHILDREN)
    verdict, fd, size = open_output(output, cap)
    code = os.waitstatus_to_exitcode(status)
    facts = (code, usage.ru_utime + usage.ru_stime, everything.ru_maxrss, verdict, size)
    send(report, b"exit=%d cpu=%.3f maxrss_kb=%d output=%s size=%d\n" % (*facts[:3], verdict.encode(), size))
    while fd >= 0 and size > 0:
        piece = os.read(fd, min(size, 1 << 20))
        if not piece:
            break
        send(report, piece)
        size -= len(piece)
    os._exit(0)


main()
