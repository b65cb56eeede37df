"""Explorers: a function of one to three parameters that a reader can move.

One call serves three places. In Jupyter the controls are ipywidgets and the kernel computes. In
the built book, where there is no kernel, the same cell shows states computed at build time behind
native controls. Anywhere else the starting state is shown. Where the other controls stand so that
one of them changes nothing, that one is off.
"""

from __future__ import annotations

import base64
import itertools
import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from keyaccounts.errors import ParameterError
from keyaccounts.escapes import escaped, plain, script_json
from keyaccounts.tables import Table
from keyaccounts.widgets.controls import Control, as_html, as_widget

MOST_STATES = 100
"""States an explorer may have: what a page can hold and a build can compute. Ours, measured."""

MOST_CONTROLS = 3

# JupyterLab takes arrow keys for its shortcuts before a slider hears them. It looks at the element
# with the focus, and ipywidgets makes that in the browser, so it is told there, when it has it.
OWN_KEYS = """<script>
document.addEventListener("focusin", ({ target }) => {
  if (target.closest(".ka-movers")) target.dataset.lmSuppressShortcuts = "true";
});
</script>"""


@dataclass(frozen=True)
class State:
    """What one setting of the controls shows.

    Attributes
    ----------
    finding : one sentence; a screen reader announces it.
    figure : the picture as SVG text.
    table : the numbers as HTML text.
    """

    finding: str
    figure: str
    table: str


class Explorer:
    """A function and its controls; made by :func:`explore`.

    It shows itself: as ipywidgets where there is a kernel, as HTML elsewhere.
    """

    def __init__(
        self, function: Callable[..., tuple[Any, Table]], controls: dict[str, Control], alt: str
    ) -> None:
        self.function, self.controls, self.alt = function, controls, plain(alt)
        self._known: dict[tuple[int, ...], State] = {}

    def state(self, places: tuple[int, ...]) -> State:
        """Return what is shown when each control stands at its place (computed once)."""
        if places not in self._known:
            moved = zip(self.controls.items(), places, strict=True)
            ax, table = self.function(**{name: c.values[place] for (name, c), place in moved})
            from keyaccounts.plots.style import as_svg  # a figure is there, and so is matplotlib

            finding = " ".join(ax.get_title().split())
            self._known[places] = State(finding, as_svg(ax.figure), table._repr_html_())
        return self._known[places]

    @property
    def start(self) -> tuple[int, ...]:
        """Places of the controls at first."""
        return tuple(control.start for control in self.controls.values())

    @cached_property
    def states(self) -> list[State]:
        """Every state, the last control moving fastest."""
        return self._moving(range(len(self.controls)), self.start)

    def _moving(self, moved: Collection[int], now: tuple[int, ...]) -> list[State]:
        """Return the states that some of the controls reach while the others stay."""
        sizes = [len(c.values) for c in self.controls.values()]
        ways = (range(n) if i in moved else [now[i]] for i, n in enumerate(sizes))
        return list(map(self.state, itertools.product(*ways)))

    def _still(self, now: tuple[int, ...]) -> set[int]:
        """Return the controls that change nothing here, neither alone nor together."""
        still = {i for i in range(len(now)) if len(set(self._moving([i], now))) == 1}
        return still if len(set(self._moving(still, now))) == 1 else set()

    def __repr__(self) -> str:
        moves = ", ".join(control.label for control in self.controls.values())
        return f"Explorer ({moves}): {self.state(self.start).finding}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        bundle = {"text/plain": repr(self), "text/html": self._html()}
        view = self._widget()
        return {**bundle, **view._repr_mimebundle_()} if view is not None else bundle

    def _html(self) -> str:
        now = self.state(self.start)
        states = [[s.finding, s.figure, s.table] for s in self.states]
        data = script_json({"alt": self.alt, "states": states}, pictures=True)
        moves = "\n".join(as_html(control) for control in self.controls.values())
        return (
            '<div class="ka-explorer">\n'
            f'<div class="ka-controls">\n{moves}\n</div>\n'
            f'<p class="ka-finding" role="status">{escaped(now.finding)}</p>\n'
            f'<div class="ka-figure">{now.figure}</div>\n'
            f'<div class="ka-numbers">{now.table}</div>\n'
            f'<script type="application/json">{data}</script>\n</div>'
        )

    def _widget(self) -> Any:
        """Return the controls as ipywidgets, or None where they are not installed."""
        try:
            import ipywidgets
        except ImportError:
            return None
        shown = ipywidgets.HTML()
        movers = [as_widget(ipywidgets, control) for control in self.controls.values()]

        def show(moved: Any = None) -> None:
            now = tuple(mover.index for mover in movers)
            state, still = self.state(now), self._still(now)
            for i, mover in enumerate(movers):  # what is being moved stays in the reader's hand
                mover.disabled = i in still and mover is not getattr(moved, "owner", None)
            picture = base64.b64encode(state.figure.encode()).decode()
            alt = escaped(f"{self.alt} {state.finding}")
            # As an image the SVG passes every sanitizer of a notebook front end.
            shown.value = (
                f'<img alt="{alt}" src="data:image/svg+xml;base64,{picture}" '
                f'style="background:#fcfcfa">{state.table}'
            )

        for mover in movers:
            mover.observe(show, names="index")
        show()
        # Of the widgets only this one runs a script.
        script = {"output_type": "display_data", "data": {"text/html": OWN_KEYS}, "metadata": {}}
        keys = ipywidgets.Output(outputs=(script,), layout={"display": "none"})
        box = ipywidgets.VBox([*movers, shown, keys])
        box.add_class("ka-movers")
        return box


def explore(
    function: Callable[..., tuple[Any, Table]], *, alt: str, **controls: Control
) -> Explorer:
    """Let a reader move the parameters of a function and see its picture and numbers follow.

    Parameters
    ----------
    function : callable
        Takes the parameters by name and returns an Axes and a :func:`keyaccounts.table`. The
        title of the Axes is the finding.
    alt : str
        What kind of picture it is, for those who cannot see it; the finding is added.
    **controls : Control
        One to three: parameter name → :func:`slider` or :func:`choice`.

    Returns
    -------
    Explorer

    Raises
    ------
    ParameterError
        If there are no controls, more than three, or more than 100 states in all.

    Examples
    --------
    >>> import keyaccounts as ka
    >>> def share(top):
    ...     values = [50, 20, 10, 10, 10]
    ...     bring = ka.segmentation.pareto_share(values, top)
    ...     numbers = pd.DataFrame({"top": [top], "bring": [bring]})
    ...     return ka.plots.lorenz(values, top=top), ka.table(numbers, "What the top brings")
    >>> import pandas as pd
    >>> ka.widgets.explore(
    ...     share, alt="Lorenz curve.",
    ...     top=ka.widgets.slider("Top", [0.2, 0.4], start=0.2, unit="%"))
    Explorer (Top): The top 20 % of customers bring 50 % of the total
    """
    if not 1 <= len(controls) <= MOST_CONTROLS:
        raise ParameterError(f"{len(controls)} controls: give one to {MOST_CONTROLS}")
    states = math.prod(len(control.values) for control in controls.values())
    if states > MOST_STATES:
        raise ParameterError(
            f"{states} states: an explorer may have {MOST_STATES}. Give the controls fewer values"
        )
    return Explorer(function, controls, alt)
