"""A draft says what is known of the project, asks for what only its people know, and invents nothing."""

from catalog.guides.drafts import Facts, drafts, named, request_words

KNOWN = Facts(
    name="Widget",
    clone_url="https://git.corp.example/widget.git",
    branch="trunk",
    licence="MIT",
    owner_team="Platform",
    owner_handle="corp/platform",
    promise_days=3,
    deciders=("Alice", "Trudy"),
    commands={"setup": ("make setup", "Makefile"), "test": ("tox -e py", "tox.ini")},
    has_ci=True,
    level="contributions welcome",
    new_request_url="https://portal.example/projects/widget/contributions/new/",
)


def texts(facts):
    return {draft.key: draft.text for draft in drafts(facts)}


def test_drafts_are_made_of_the_projects_own_facts():
    found = texts(KNOWN)
    assert "make setup  # once\ntox -e py   # runs the tests" in found["setup"]
    assert "git clone https://git.corp.example/widget.git" in found["setup"]
    assert "The build service runs the same checks" in found["setup"]
    assert "Branch from `trunk`" in found["submit"]
    assert "within **3 days**" in found["review"]
    assert "The Platform team owns Widget. Alice, Trudy decide on changes" in found["decide"]
    assert "Governance level: contributions welcome" in found["decide"]
    assert "licensed under MIT" in found["licence"]
    assert "* @corp/platform" in found["codeowners"]
    assert "[Say" not in found["setup"]


def test_what_nobody_knows_is_asked_and_not_invented():
    found = texts(Facts(name="Widget"))
    assert "[Say which command runs the tests" in found["setup"]
    assert "```" not in found["setup"]
    assert "[within how many days?]" in found["review"]
    assert "[Who may merge?]" in found["decide"]
    assert "Governance level: [contributions welcome?]" in found["decide"]
    assert "licence" not in found
    assert "[One sentence" in found["readme"]


def test_what_is_there_needs_no_draft():
    done = Facts(
        name="Widget",
        has=frozenset({"readme", "codeowners"}),
        answered=frozenset({"setup", "submit", "review", "decide", "talk", "wanted"}),
    )
    assert drafts(done) == ()


def test_a_draft_becomes_a_request():
    draft = named(drafts(KNOWN), "setup")
    title, what, why = request_words(draft, here=["README.md"])
    assert title == "Add CONTRIBUTING.md with “Set up and test”"
    assert (
        request_words(draft, here=["CONTRIBUTING.md"])[0] == "Add a section “Set up and test” to CONTRIBUTING.md"
    )
    readme = named(drafts(KNOWN), "readme")
    assert request_words(readme, here=[])[0] == "Add README.md"
    assert what.startswith("Add this to `CONTRIBUTING.md`:\n\n````\n## Set up")
    assert "Makefile, tox.ini" in why
    assert named(drafts(KNOWN), "nonsense") is None
