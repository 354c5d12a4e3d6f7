"""Words that tell what a page shows."""

#: What must stand in no page: files of this machine, and forms, fields and classes of ours that a guide brings.
NEVER = ["root:x:0", "action=/logout", 'action="/logout', "value=x", 'value="x"', 'class="modal', "btn-danger"]
#: What is looked for in every page.
WORDS = ["FAKE", "true content", "no repository at this address", *NEVER]
