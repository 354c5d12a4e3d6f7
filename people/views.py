"""Pages of people and teams."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from people import actions, panels
from people.forms import AddressForm, ProfileForm
from people.models import Membership, Team, User
from people.requests import SignedInRequest
from search.paging import page_of

MEMBERS_PER_PAGE = 100


def person(request: HttpRequest, username: str) -> HttpResponse:
    subject = get_object_or_404(User, username=username, is_active=True)
    current = Membership.objects.current().filter(user=subject).select_related("team__parent__parent")
    context = {
        "person": subject,
        "memberships": current,
        "sections": panels.sections(panels.of_person, subject, request.user),
        "is_self": subject == request.user,
    }
    return render(request, "people/person.html", context)


@login_required
def profile(request: SignedInRequest) -> HttpResponse:
    """One's own name, time zone and commit addresses."""
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Your profile is saved.")
        return redirect("people:profile")
    return render_profile(request, form, AddressForm())


def render_profile(request: SignedInRequest, form: ProfileForm, address_form: AddressForm) -> HttpResponse:
    context = {"form": form, "address_form": address_form, "identities": request.user.identities.all()}
    return render(request, "people/profile.html", context)


@login_required
@require_POST
def add_address(request: SignedInRequest) -> HttpResponse:
    form = AddressForm(request.POST)
    if not form.is_valid():
        return render_profile(request, ProfileForm(instance=request.user), form)
    identity = actions.add_address(form.cleaned_data["email"], by=request.user)
    if identity.verified_at:
        messages.success(request, f"{identity} is yours.")
    else:
        messages.info(request, f"{identity} is noted. It earns credit once an administrator has confirmed it.")
    return redirect("people:profile")


@login_required
@require_POST
def remove_address(request: SignedInRequest, pk: int) -> HttpResponse:
    identity = get_object_or_404(request.user.identities, pk=pk)
    identity.delete()
    messages.success(request, f"{identity} is no longer yours.")
    return redirect("people:profile")


def teams(request: HttpRequest) -> HttpResponse:
    """The organisation as a tree; one query."""
    return render(request, "people/teams.html", {"roots": Team.objects.tree()})


def team(request: HttpRequest, slug: str) -> HttpResponse:
    node = get_object_or_404(Team.objects.select_related("parent__parent__parent"), slug=slug)
    memberships = Membership.objects.current().filter(team=node, user__is_active=True).select_related("user")
    # “maintainer” sorts before “member”.
    memberships = memberships.order_by("role", "user__name", "user__username")
    context = {
        "team": node,
        "line": node.line()[:0:-1],
        "children": node.children.all(),
        "members": page_of(memberships, request.GET.get("page"), size=MEMBERS_PER_PAGE),
        "sections": panels.sections(panels.of_team, node, request.user),
    }
    return render(request, "people/team.html", context)
