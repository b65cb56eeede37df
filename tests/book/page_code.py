"""What the code of a page takes: methods of pandas, and names that are made where nobody looks."""

import ast

import pandas as pd

INDEXERS = {"loc", "iloc", "at", "iat"}
THEIRS = {*dir(pd.DataFrame), *dir(pd.Series), *dir(pd.Series.str), *dir(pd.Series.dt)}


def root(node):
    """Return the first name of `a.b.c`, or "" where it is not a name but a value."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def methods(codes):
    """Return the pandas and numpy methods that are called, not those of the toolkit."""
    found = set()
    for node in (n for source, _ in codes for n in ast.walk(ast.parse(source))):
        if isinstance(node, ast.Attribute) and node.attr in INDEXERS:
            found.add(node.attr)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name, of = node.func.attr, root(node.func)
            if of in ("np", "pd") or (of != "ka" and name in THEIRS):
                found.add(name)
    return {name for name in found if not name[0].isupper()}  # "DataFrame" is no method


def hidden(codes):
    """Return what visible code takes from folded code (pairs of code, whether it is folded).

    A table that was only loaded is known by its name.
    """
    secret, taken = set(), set()
    for source, folded in codes:
        nodes = list(ast.walk(ast.parse(source)))
        names = [node for node in nodes if isinstance(node, ast.Name)]
        made = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        made |= {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
        if folded:
            secret |= made - {node.targets[0].id for node in nodes if loads_a_table(node)}
        else:
            taken |= {node.id for node in names if node.id in secret - made}
            secret -= made
    return taken


def loads_a_table(node):
    """Return whether a statement gives a name to a table of the course as it is."""
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
        return False
    call = ast.unparse(node.value)
    return isinstance(node.value, ast.Call) and (
        call.startswith(("ka.datasets.", "ka.accounts(")) and root(node.value.func) == "ka"
    )
