"""Attacks on the sandbox, each shown stopped: as root and as an ordinary user."""

import os
import platform
import socket
import time

import pytest
from tests.engines.sandbox.attacks import HELD, PRELUDE, STOPPED, TRICKED
from tests.engines.sandbox.running import run_with, running_inside

pytestmark = pytest.mark.sandbox
MARKER = b"the-hidden-label-7f3a"
CALLS = """
ptrace process_vm_readv pidfd_open pidfd_getfd open_by_handle_at unshare clone clone3 setns mount umount2 pivot_root chroot fsopen
open_tree bpf perf_event_open userfaultfd io_uring_setup io_uring_enter keyctl add_key request_key kexec_load init_module
finit_module delete_module fanotify_init lookup_dcookie quotactl acct swapon reboot syslog settimeofday clock_settime adjtimex
sethostname setdomainname vhangup memfd_create memfd_secret shmget msgget semget mq_open vmsplice kcmp mincore move_pages
landlock_create_ruleset name_to_handle_at nfsservctl uselib modify_ldt iopl ioperm personality socket
"""


@pytest.fixture(scope="session")
def numbers():
    """This machine's numbers of the system calls."""
    pyseccomp = pytest.importorskip(
        "pyseccomp", reason="names of system calls come from libseccomp, which is not here", exc_type=ImportError
    )
    found = {}
    for name in CALLS.split():
        try:
            found[name] = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
        except (ValueError, RuntimeError):
            continue
    return f"N = {found!r}\n"


@pytest.fixture(scope="session")
def host(open_folder):
    """What an attacker would like to reach on the host, and where it is told to look."""
    folder = open_folder
    labels = folder / "labels.csv"
    labels.write_bytes(b"id,target\n1," + MARKER + b"\n")
    os.environ["QIUPU_TEST_SECRET"] = MARKER.decode()
    abstract = f"qiupu-test-{os.getpid()}"
    listeners = [socket.socket(), socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)]
    listeners[0].bind(("127.0.0.1", 0))
    listeners[1].bind("\0" + abstract)
    listeners[2].bind(str(folder / "socket"))
    for listener in listeners:
        listener.listen()
    yield {
        "marker": MARKER[::-1],  # reversed, so that the input itself does not hold it
        "labels_path": str(labels).encode(),
        "host_pid": str(os.getpid()).encode(),
        "port": str(listeners[0].getsockname()[1]).encode(),
        "abstract": abstract.encode(),
        "path": str(folder / "socket").encode(),
    }
    del os.environ["QIUPU_TEST_SECRET"]
    for listener in listeners:
        listener.close()


@pytest.mark.parametrize("name", HELD)
def test_attack_is_held(runner, name, host, numbers):
    result = run_with(runner, PRELUDE + numbers + HELD[name] + "\nreport()\n", inputs=host)

    assert result.state == "done", (result.code, result.stderr)
    assert result.output == b"broken\n", result.output.decode()


def check_stopped(runner, attack, host):
    program, changes, codes = attack
    began = time.monotonic()

    result = run_with(runner, PRELUDE + program + "\n", inputs=host, **changes)

    assert result.code in codes, (result.code, result.stderr)
    assert result.state == ("timed-out" if result.code in ("time-limit", "cpu-limit") else "supplier-error")
    assert result.output is None
    assert time.monotonic() - began < 15
    assert result.peak_mb is None or result.peak_mb <= changes.get("memory_mb", 256)


@pytest.mark.parametrize("name", STOPPED)
def test_flood_is_stopped(any_runner, name, host):
    check_stopped(any_runner, STOPPED[name], host)


@pytest.mark.parametrize("name", TRICKED)
def test_trick_is_stopped(runner, name, host):
    check_stopped(runner, TRICKED[name], host)


def test_a_daemon_ends_with_its_entry(any_runner):
    name = f"daemon{os.getpid()}"
    program = f"""
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(60)", "{name}"])
    os._exit(0)
time.sleep(0.5)
alive = [p for p in os.listdir("/proc") if p.isdigit() and b"{name}" in open(f"/proc/{{p}}/cmdline", "rb").read()]
open(sys.argv[4], "w").write(f"alive\\n{{len(alive)}}\\n")
"""
    result = run_with(any_runner, program)

    assert result.state == "done", result.stderr
    assert result.output == b"alive\n1\n"
    assert not running_inside(name)


def test_nothing_is_kept_from_run_to_run(runner):
    leave = "import sys\nfor n in ('/tmp/kept', '/dev/shm/kept', sys.argv[4]): open(n, 'w').write('a\\nb\\n')\n"
    look = "import os, sys\nopen(sys.argv[4], 'w').write(f'found\\n{os.listdir(\"/tmp\")} {os.listdir(\"/dev/shm\")}')\n"

    assert run_with(runner, leave).state == "done"
    assert run_with(runner, look).output == b"found\n['output.csv'] []"


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the second system-call table is x86-64's")
def test_the_other_system_call_table_is_closed(runner, numbers):
    result = run_with(runner, PRELUDE + numbers + "syscall(0x40000000 + N['socket'], 2, 1, 0)\nreport()\n")

    assert result.state == "supplier-error"


def test_a_poisoned_pickle_acts_inside_only(runner, tmp_path):
    """The classic: unpickling writes a file and runs a program. It may, where it reaches nothing."""
    mark = tmp_path / "poisoned"
    poison = b"cos\nsystem\n(S'echo x > " + str(mark).encode() + b"; id > /etc/x'\ntR."
    program = (
        "import pickle, sys\nprint(pickle.load(open('model.pkl', 'rb')))\nopen(sys.argv[4], 'w').write('id,prediction\\n1,1\\n')\n"
    )

    result = run_with(runner, program, extra={"model.pkl": poison})

    assert result.state == "done", result.stderr
    assert result.stdout.strip() != "0"
    assert not mark.exists()


def test_a_hidden_run_tells_no_more_than_four_words(runner):
    """Programs that choose how to fail by what they read: the supplier sees the same of each."""
    ways = {
        "1": "sys.exit(1)",
        "2": "sys.exit(77)",
        "3": "os.abort()",
        "4": "print('secret', file=sys.stderr); 1 / 0",
        "5": "time.sleep(0.5); os.mkdir(sys.argv[4])",
        "6": "os.kill(os.getpid(), 9)",
    }
    program = "import os, sys, time\nway = open('/input/x').read()\n" + "\n".join(
        f"if way == '{way}': {deed}" for way, deed in ways.items()
    )

    views = {run_with(runner, program, inputs={"x": way.encode()}).hidden_view() for way in ways}

    assert len(views) == 1
    view = views.pop()
    assert (view.state, view.code, view.seconds) == ("supplier-error", "failed", "<1min")


def test_runs_have_users_of_their_own(native):
    if not native.is_root:
        pytest.skip("only root can give each run a user of its own")
    program = "import os, sys\nopen(sys.argv[4], 'w').write(f'uid\\n{os.getuid()}\\n')\n"

    uids = {run_with(native, program).output.split()[1] for _ in range(3)}

    assert len(uids) == 3
    assert all(int(uid) > 1_000_000_000 for uid in uids)
