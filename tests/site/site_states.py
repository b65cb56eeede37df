"""Read the states of an explorer: a script that hands over (finding, picture, table) of each."""

import json


def file(site, name):
    return site / "_explorers" / f"{name}.js"


def states(site, name):
    call = file(site, name).read_text("utf-8")
    return json.loads(call.removeprefix(f'explorerStates("{name}",').removesuffix(")"))
