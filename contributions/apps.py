from django.apps import AppConfig


class ContributionsConfig(AppConfig):
    name = "contributions"

    def ready(self) -> None:
        from catalog import feeds
        from catalog import panels as of_catalog
        from catalog.actions import removal
        from catalog.signals import synced
        from contributions import panels as ours
        from contributions.actions.requests import projects_with_requests
        from contributions.feeds import merged
        from contributions.receivers import follow_after_sync
        from people import panels

        synced.connect(follow_after_sync, dispatch_uid="contributions.follow_after_sync")
        feeds.of_project.append(merged)
        removal.keepers.append(projects_with_requests)
        credits, requests = "contributions/_panel_credits.html", "contributions/_panel_requests.html"
        panels.of_person.append(panels.Panel(credits, ours.credits_of_person, 10))
        panels.of_person.append(panels.Panel(requests, ours.open_requests_of_person, 20))
        guests = panels.Panel("contributions/_panel_guests.html", ours.guests_of_project, 10)
        of_catalog.of_guide.append(guests)
        panels.of_team.append(panels.Panel(credits, ours.credits_received, 20))
        panels.of_team.append(panels.Panel(credits, ours.credits_given, 30))
