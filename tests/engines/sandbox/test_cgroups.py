"""Finding control groups: layouts of machines that are not this one, as folders."""

import pytest

from qiupu.sandbox.cgroups import Cgroup, CgroupHome, find_home, make_group


def layout(tmp_path, *, mountinfo, cgroup):
    proc = tmp_path / "proc"
    proc.mkdir()
    (proc / "mountinfo").write_text(mountinfo)
    (proc / "cgroup").write_text(cgroup)
    return proc


def test_version_2_where_the_parent_delegates(tmp_path):
    """As under ``systemd-run --user --scope``: our own group has no children enabled, the slice above it has."""
    slice_ = tmp_path / "cg" / "app.slice"
    (slice_ / "run.scope").mkdir(parents=True)
    (slice_ / "cgroup.subtree_control").write_text("memory pids\n")
    (slice_ / "run.scope" / "cgroup.subtree_control").write_text("\n")
    proc = layout(tmp_path, mountinfo=f"30 23 0:26 / {tmp_path}/cg rw - cgroup2 cgroup2 rw\n", cgroup="0::/app.slice/run.scope\n")

    with pytest.MonkeyPatch.context() as patch:
        # A plain folder keeps the limits as files; a kernel's folder goes away with rmdir all the same.
        patch.setattr(Cgroup, "remove", lambda self: None)
        assert find_home(proc, {}) == CgroupHome(2, slice_, slice_)
    (group,) = slice_.glob("qiupu-*")
    assert (group / "memory.max").read_text() == str(64 << 20)
    assert (group / "memory.oom.group").read_text() == "1"
    assert (group / "pids.max").read_text() == "8"


def test_version_2_where_the_service_is_delegated_and_the_worker_lies_below(tmp_path):
    """As under systemd's ``DelegateSubgroup=worker``: the controllers are at hand, nobody passes them on yet."""
    service = tmp_path / "cg" / "qiupu.service"
    (service / "worker").mkdir(parents=True)
    for folder, controllers in ((service, "cpu memory pids\n"), (service / "worker", "\n")):
        (folder / "cgroup.controllers").write_text(controllers)
        (folder / "cgroup.subtree_control").write_text("\n")
    cgroup = "0::/qiupu.service/worker\n"
    proc = layout(tmp_path, mountinfo=f"30 23 0:26 / {tmp_path}/cg rw - cgroup2 cgroup2 rw\n", cgroup=cgroup)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Cgroup, "remove", lambda self: None)
        assert find_home(proc, {}) == CgroupHome(2, service, service)
    assert (service / "cgroup.subtree_control").read_text() == "+memory +pids"
    assert (service / "worker" / "cgroup.subtree_control").read_text() == "\n"


def test_version_1_inside_a_container(tmp_path):
    """The mount's root is the container's group, which is cut from the path."""
    for name in ("memory", "pids"):
        (tmp_path / name).mkdir()
    mounts = "".join(
        f"3{i} 23 0:2{i} /docker/ab {tmp_path}/{name} rw - cgroup cgroup rw,{name}\n" for i, name in enumerate(("memory", "pids"))
    )
    proc = layout(tmp_path, mountinfo=mounts, cgroup="4:memory:/docker/ab\n8:pids:/docker/ab\n0::/\n")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Cgroup, "remove", lambda self: None)
        assert find_home(proc, {}) == CgroupHome(1, tmp_path / "memory", tmp_path / "pids")
    (group,) = (tmp_path / "memory").glob("qiupu-*")
    assert (group / "memory.limit_in_bytes").read_text() == str(64 << 20)


def test_none_where_nothing_is_delegated(tmp_path):
    proc = layout(tmp_path, mountinfo="30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", cgroup="0::/nowhere\n")

    assert find_home(proc, {}) is None


def test_a_folder_that_cannot_be_written_gives_none(tmp_path):
    gone = tmp_path / "gone"
    with pytest.raises(OSError, match="gone"):
        make_group(CgroupHome(2, gone, gone), memory_bytes=1, processes=1)


def test_facts_are_read(tmp_path):
    (tmp_path / "memory.stat").write_text("anon 100\nfile 900\nshmem 20\n")
    (tmp_path / "memory.events").write_text("low 0\noom 1\noom_kill 1\n")
    (tmp_path / "pids.events").write_text("max 3\n")
    group = Cgroup(2, tmp_path, tmp_path)

    assert group.used_bytes() == 120  # what is cached from files is not the entry's
    assert group.memory_refused()
    assert group.processes_refused()
    assert Cgroup(2, tmp_path / "gone", tmp_path / "gone").used_bytes() is None
