"""Following syncs in a terminal until the last one has ended, or will not for a while."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable
from datetime import timedelta

from django.core.management.base import OutputWrapper
from django.db.models import Q
from django.utils import timezone

from catalog.leases import has_room_on_disk
from catalog.models import Project, RemoteHost, SyncRun
from catalog.querysets import SyncRunQuerySet
from catalog.reasons import why_not_now

LOOK_EVERY = 0.5  # seconds
BAR = 20  # characters
BARS = 8  # lines
BATCH = 500
#: What is put off by more than this is not waited for.
PATIENCE = timedelta(minutes=1)
#: Seconds without any worker at work after which that is said, once one was seen, and after which nobody waits on.
SILENCE, PAUSE, GIVE_UP = 10, 30, 60


class Following:
    """The open runs of some projects. `failed` counts those that failed, were put off or never began."""

    def __init__(self, runs: Iterable[SyncRun], *, out: OutputWrapper, err: OutputWrapper) -> None:
        self.out, self.err = out, err
        self.waiting = {run.pk for run in runs}
        self.total, self.failed = len(self.waiting), 0
        self.shown: dict[int, str] = {}
        self.drawn = 0
        self.silence = Silence()

    def to_the_end(self) -> None:
        while self.waiting:
            time.sleep(LOOK_EVERY)
            self.erase()
            self.take_ended()
            self.take_put_off()
            if self.waiting:
                self.listen()
                self.draw()
        if self.total > 1:
            self.out.write(f"{self.total - self.failed} of {self.total} done.")

    # ------------------------------------------------------------ what happened
    def take_ended(self) -> None:
        still = set(SyncRun.objects.open().values_list("pk", flat=True))
        ended = sorted(self.waiting - still)
        if ended:
            self.silence.end()
        for start in range(0, len(ended), BATCH):
            found = SyncRun.objects.filter(pk__in=ended[start : start + BATCH]).select_related("project")
            for run in found.order_by("finished_at"):
                self.failed += say(run, out=self.out, err=self.err)
        # One whose row is gone was removed together with its project.
        self.waiting &= still

    def take_put_off(self) -> None:
        for run in put_off():
            if run.pk in self.waiting:
                self.waiting.discard(run.pk)
                self.failed += say(run, out=self.out, err=self.err)

    def listen(self) -> None:
        """Whether any worker is there, told by the leases that it holds."""
        if Project.objects.at_work().exists():
            self.silence.end()
            return
        seconds = self.silence.seconds()
        if self.silence.is_to_be_told(seconds):
            self.err.write(why_silent())
        if seconds > GIVE_UP:
            self.err.write("Nobody took them up, so this ends here. They stay queued.")
            self.failed += len(self.waiting)
            self.waiting.clear()

    # ------------------------------------------------------------ what is shown
    def erase(self) -> None:
        if self.drawn:
            self.out.write(f"\x1b[{self.drawn}A\x1b[J", ending="")
            self.drawn = 0

    def draw(self) -> None:
        """Bars that are drawn over on a terminal; elsewhere a line for each new phase."""
        open_now = SyncRun.objects.filter(state=SyncRun.State.RUNNING).select_related("project")
        running = [run for run in open_now.order_by("started_at") if run.pk in self.waiting]
        if self.out.isatty():
            width = shutil.get_terminal_size().columns - 1
            lines = [*(bar(run) for run in running[:BARS]), self.overall(len(running))]
            for text in lines:
                # A line that wraps would leave a part behind when it is drawn over.
                self.out.write(text[:width])
            self.drawn = len(lines)
            return
        for run in running:
            if self.shown.get(run.pk) != run.phase:
                self.shown[run.pk] = run.phase
                self.out.write(line(run))

    def overall(self, running: int) -> str:
        done = self.total - len(self.waiting)
        failed = f", {self.failed} failed" if self.failed else ""
        return f"{meter(100 * done // self.total)} {done:,} of {self.total:,} done{failed}, {running} running"


class Silence:
    """How long no worker has been seen, in seconds, and whether that was said."""

    def __init__(self) -> None:
        self.since = time.monotonic()
        self.limit, self.is_told = SILENCE, False

    def end(self) -> None:
        # Between two of its turns a worker holds no lease, so that one that was seen is trusted for longer.
        self.since, self.limit, self.is_told = time.monotonic(), PAUSE, False

    def seconds(self) -> float:
        return time.monotonic() - self.since

    def is_to_be_told(self, seconds: float) -> bool:
        """True once."""
        is_new = seconds > self.limit and not self.is_told
        self.is_told = self.is_told or is_new
        return is_new


def put_off() -> SyncRunQuerySet:
    """Runs that wait for something that is not over within a minute."""
    later = timezone.now() + PATIENCE
    resting = RemoteHost.objects.filter(paused_until__gt=later).exclude(name="").values("name")
    is_put_off = Q(project__next_sync_at__gt=later) | Q(project__code_host__enabled=False)
    found = SyncRun.objects.filter(is_put_off | Q(project__remote_host__in=resting), state=SyncRun.State.QUEUED)
    return found.select_related("project__code_host")


def why_silent() -> str:
    if not has_room_on_disk():
        return "The disk is nearly full, so no sync begins. Make room below VAR."
    lanes = Project.objects.filter(runs__in=SyncRun.objects.open()).values_list("sync_lane", flat=True)
    name = "long-worker" if set(lanes.order_by().distinct()) == {Project.Lane.LONG} else "worker"
    return f"No worker answers. Start one: manage.py serve {name}"


# ---------------------------------------------------------------- words
def say(run: SyncRun, *, out: OutputWrapper, err: OutputWrapper) -> bool:
    """One line about a run that ended or was put off; whether it failed."""
    slug = run.project.slug
    if run.is_open:
        err.write(f"{slug}: not now. {why_put_off(run)} It is tried again.")
        return True
    if run.state == SyncRun.State.FAILED:
        err.write(f"{slug}: {run.message} [{run.code}] {run.cure}")
        return True
    out.write(f"{slug}: {'new' if run.changed else 'nothing new'}")
    return False


def why_put_off(run: SyncRun) -> str:
    if run.phase:
        return run.phase
    project, now = run.project, timezone.now()
    host = RemoteHost.objects.filter(name=project.remote_host).first() or RemoteHost(name=project.remote_host)
    return why_not_now(project, host, now, busy=0) + "."


def line(run: SyncRun) -> str:
    percent = "" if run.percent is None else f" {run.percent:3d} %"
    return f"{run.project.slug}: {run.phase}{percent}, {run.objects_done:,} objects, {size(run.bytes_done)}"


def bar(run: SyncRun) -> str:
    return f"{meter(run.percent or 0)} {line(run)}"


def meter(percent: int) -> str:
    full = BAR * percent // 100
    return f"[{'#' * full}{'.' * (BAR - full)}]"


def size(count: int) -> str:
    return f"{count / 2**20:.1f} MB"
