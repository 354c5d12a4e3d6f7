"""Plays the requests of one demo project day by day, through the actions that the pages call.

Before each step that looks at branches the repository is wound back to that day and synced, so that revisions,
conflicts and merges are noticed by the portal itself, as they would be in a company's life.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial

from catalog.models import Project
from catalog.sync import sync_now
from contributions import actions
from contributions.lifecycle import Verb
from contributions.models import Change, Event, Request, Review, Revision
from people.models import User
from portal.demo.branches import Branch
from portal.demo.build import Built, ago, wind
from portal.demo.more_requests import STORIES
from portal.demo.requests import Did, Story

WORDS: Mapping[Verb, Callable[..., Event]] = {
    Verb.ASK: actions.ask,
    Verb.ANSWER: actions.answer,
    Verb.ACCEPT: actions.accept,
    Verb.DECLINE: actions.decline,
    Verb.VOLUNTEER: actions.volunteer,
    Verb.WITHDRAW: actions.withdraw,
    Verb.REOPEN: actions.reopen,
}
VERDICTS = {
    Verb.APPROVE: Review.Verdict.APPROVE,
    Verb.ASK_FOR_CHANGES: Review.Verdict.CHANGES,
    Verb.COMMENT: Review.Verdict.COMMENT,
}
Scene = Callable[[datetime], None]


def read(projects: Iterable[Project]) -> None:
    """Syncs projects here and now."""
    for project in projects:
        sync_now(project)


def beginning(built: Built, today: datetime) -> datetime:
    """The day on which the first branch was offered, or today: up to then nothing has to be noticed."""
    days = [did.days_ago for story in stories(built) for did in story.steps if did.verb is Verb.OFFER]
    return ago(max(days), today) if days else today


def stories(built: Built) -> list[Story]:
    return [story for story in STORIES if story.project == built.plan.path]


class Play:
    """One project's requests, from the first day to the last. Tasks must run at once, see portal.demo.load."""

    def __init__(self, built: Built, project: Project, users: Mapping[str, User], today: datetime) -> None:
        self.built = built
        self.project = project
        self.users = users
        self.today = today
        self.requests: dict[str, Request] = {}

    def run(self) -> None:
        scenes = sorted(self.script(), key=lambda scene: scene[0])
        for at, scene in scenes:
            scene(at)
        if any(story.branch for story in stories(self.built)):
            self.notice(self.today)

    def script(self) -> Iterator[tuple[datetime, Scene]]:
        for story in stories(self.built):
            yield ago(story.asked, self.today), partial(self.propose, story)
            for did in story.steps:
                yield ago(did.days_ago, self.today), partial(self.step, story, did)
            if story.branch:
                offer = next(did.days_ago for did in story.steps if did.verb is Verb.OFFER)
                for days_ago in noticed(story.branch, offer):
                    yield ago(days_ago, self.today), self.notice

    def propose(self, story: Story, at: datetime) -> None:
        self.requests[story.title] = actions.propose(
            self.project,
            story.title,
            what=story.what,
            why=story.why,
            kind=story.kind,
            does_it_myself=story.alone,
            by=self.users[story.author],
            at=at,
        )

    def step(self, story: Story, did: Did, at: datetime) -> None:
        request = self.requests[story.title]
        request.refresh_from_db()
        if did.verb is Verb.OFFER:
            self.offer(request, story, by=self.users[did.by], at=at)
        elif did.verb in VERDICTS:
            self.judge(request, did, at)
        else:
            WORDS[did.verb](request, did.note, by=self.users[did.by], at=at)

    def offer(self, request: Request, story: Story, *, by: User, at: datetime) -> None:
        assert story.branch is not None  # noqa: S101 - a story that offers has one, and a test says so.
        self.notice(at)
        request.refresh_from_db()
        actions.offer_branch(request, story.branch.name, by=by, at=at)
        self.date_back(at)

    def judge(self, request: Request, did: Did, at: datetime) -> None:
        by, revision = self.users[did.by], Revision.objects.filter(change__request=request).last()
        if revision is None:
            actions.comment(request, did.note, by=by, at=at)
        else:
            actions.review(request, revision, verdict=VERDICTS[did.verb], body=did.note, by=by, at=at)

    def notice(self, at: datetime) -> None:
        """What the portal would have found on that day: new revisions, and branches that arrived."""
        wind(self.built, at)
        read([self.project])
        self.date_back(at)

    def date_back(self, at: datetime) -> None:
        """The portal dates what it notices by the clock; it belongs to the day that is being played."""
        requests = Request.objects.filter(project=self.project)
        requests.filter(turn_since__gt=at).update(turn_since=at)
        Event.objects.filter(request__project=self.project, actor=None, at__gt=at).update(at=at)
        Revision.objects.filter(change__request__project=self.project, created_at__gt=at).update(created_at=at)
        Change.objects.filter(request__project=self.project, offered_at__gt=at).update(offered_at=at)


def noticed(branch: Branch, offered: float) -> list[float]:
    """Days on which the portal saw something of an offered branch: a new revision, or its arrival."""
    pushed = [patch.days_ago for patch in branch.patches if patch.days_ago < offered]
    return [*pushed, branch.arrived] if branch.arrives else pushed
