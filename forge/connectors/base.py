"""What a connector is: it turns an address into the repositories that are there. It knows no model.

connector_for(text, *, kind=None) -> Connector      guesses the kind; ForgeError kind_unknown
connector.discover(address, folders=()) -> Iterator[RemoteProject]
connector.problems: list[Problem]                   what was skipped, filled while discover runs
"""
