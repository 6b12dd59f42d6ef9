"""The system calls that an entry may make: a list of what is allowed, and ``ENOSYS`` for all else.

The list is what CPython, numpy, scipy, scikit-learn, polars and ONNX Runtime need. Left out on purpose: every socket but a
local one, name spaces, mounts, keys, tracing, BPF, ``io_uring``, ``userfaultfd``, memory files (a watchdog cannot see
them), System V and POSIX queues, modules, clocks, ``personality``, terminals' ``TIOCSTI``.
"""

from __future__ import annotations

import errno
import os
import stat
from functools import cache

from qiupu.errors import N_, SandboxUnavailable

_ALLOWED_WORDS = """
accept accept4 access alarm arch_prctl bind brk capget chdir chmod chown clock_getres clock_gettime clock_nanosleep
close close_range connect copy_file_range creat dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_pwait
epoll_pwait2 epoll_wait eventfd eventfd2 execve execveat exit exit_group faccessat faccessat2 fadvise64 fallocate
fchdir fchmod fchmodat fchown fchownat fcntl fdatasync fgetxattr flistxattr flock fork fstat fstatfs fsync ftruncate
futex futex_waitv futimesat get_mempolicy get_robust_list getcpu getcwd getdents getdents64 getegid geteuid getgid
getgroups getitimer getpeername getpgid getpgrp getpid getppid getpriority getrandom getresgid getresuid getrlimit
getrusage getsid getsockname getsockopt gettid gettimeofday getuid getxattr inotify_add_watch inotify_init
inotify_init1 inotify_rm_watch kill lchown lgetxattr link linkat listen listxattr llistxattr lseek lstat madvise
membarrier mkdir mkdirat mlock mlock2 mlockall mmap mprotect mremap msync munlock munlockall munmap nanosleep
newfstatat open openat openat2 pause pidfd_open pidfd_send_signal pipe pipe2 poll ppoll pread64 preadv preadv2
prlimit64 pselect6 pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv recvfrom recvmmsg recvmsg rename
renameat renameat2 restart_syscall rmdir rseq rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn
rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo sched_get_priority_max sched_get_priority_min sched_getaffinity
sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval sched_setaffinity sched_yield select sendfile
sendmmsg sendmsg sendto set_robust_list set_tid_address setgid setgroups setitimer setpgid setpriority setregid
setresgid setresuid setreuid setrlimit setsid setsockopt setuid shutdown sigaltstack signalfd signalfd4 stat statfs
statx symlink symlinkat sync_file_range sysinfo tgkill time timer_create timer_delete timer_getoverrun timer_gettime
timer_settime timerfd_create timerfd_gettime timerfd_settime times tkill truncate umask uname unlink unlinkat utime
utimensat utimes vfork wait4 waitid write writev
"""
ALLOWED = tuple(_ALLOWED_WORDS.split())

_NEW_NAMESPACES = 0x7E02_0080  # every CLONE_NEW* flag: NS, CGROUP, UTS, IPC, USER, PID, NET, TIME
_IOCTLS = (0x5401, 0x5411, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451, 0x5452)  # TCGETS, TIOCOUTQ, window size, FION*, FIO*CLEX
_PRCTLS = (1, 3, 4, 15, 16, 23, 29, 30, 39, 41, 42, 0x53564D41)  # death signal, dumpable, names, reading, memory names


@cache
def filter_program() -> bytes:
    """Return the filter as the kernel's BPF program for this machine.

    Raises
    ------
    SandboxUnavailable
        When libseccomp is missing.
    """
    try:
        import pyseccomp  # it fails to import where libseccomp is missing, and that must be told
    except (ImportError, RuntimeError, OSError) as error:
        raise SandboxUnavailable(
            N_("The filter of system calls cannot be built: {error}."),
            cure=N_("Install libseccomp: apt-get install libseccomp2."),
            code="no-seccomp",
            error=error,
        ) from error
    rules = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.ENOSYS))
    for name in ALLOWED:
        try:
            rules.add_rule(pyseccomp.ALLOW, name)
        except (ValueError, RuntimeError, OSError):
            continue  # a call that this architecture or this libseccomp does not know stays forbidden
    low32 = 0xFFFF_FFFF
    for call in ("socket", "socketpair"):
        rules.add_rule(pyseccomp.ALLOW, call, pyseccomp.Arg(0, pyseccomp.EQ, 1))  # AF_UNIX
    rules.add_rule(pyseccomp.ALLOW, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _NEW_NAMESPACES, 0))
    for call, place in (("mknod", 1), ("mknodat", 2)):
        rules.add_rule(pyseccomp.ALLOW, call, pyseccomp.Arg(place, pyseccomp.MASKED_EQ, stat.S_IFMT(0xFFFF), stat.S_IFIFO))
    for request in _IOCTLS:
        rules.add_rule(pyseccomp.ALLOW, "ioctl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, low32, request))
    for option in _PRCTLS:
        rules.add_rule(pyseccomp.ALLOW, "prctl", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, low32, option))
    return _exported(rules)


def _exported(rules: object) -> bytes:
    fd = os.memfd_create("qiupu-seccomp", os.MFD_CLOEXEC)
    with os.fdopen(fd, "w+b") as stream:
        rules.export_bpf(stream)  # type: ignore[attr-defined]  # pyseccomp has no types
        stream.seek(0)
        return stream.read()
