"""Steps: who goes on from question to question, and who does not."""

from __future__ import annotations

from matplotlib.axes import Axes

from keyaccounts.errors import DataError
from keyaccounts.plots.style import ACCENT, GRID, MUTED, answer, bare, drawing, note
from keyaccounts.segmentation import Progressive
from keyaccounts.tables import percent


def progressive_bars(
    found: Progressive, *, title: str | None = None, ax: Axes | None = None
) -> Axes:
    r"""Show question by question how many customers go on, and of how many too little is known.

    Parameters
    ----------
    found : Progressive
        Answer of :func:`keyaccounts.segmentation.progressive`.
    title : str, optional
        The finding. Default: how many remain in the end.
    ax : Axes, optional
        Where to draw. Default: a new figure.

    Returns
    -------
    Axes
        One bar a question, as long as customers were asked: those who go on, then hatched those
        of whom it is not known, then pale those who leave.

    Raises
    ------
    DataError
        If `found` is not an answer of that function, or has no customers.

    Examples
    --------
    >>> import pandas as pd
    >>> from keyaccounts.segmentation import progressive
    >>> cards = pd.DataFrame({"customer_id": ["A", "B", "C"], "vehicles": [40, 0, None]})
    >>> ka.plots.progressive_bars(
    ...     ka.segmentation.progressive(
    ...         cards, criteria={"likely": ("vehicles", ">=", 1)})).get_title()
    'Of 3 customers 1 remains\nafter one question'
    """
    answer(found, Progressive, "ka.segmentation.progressive")
    stages = found.stages
    first, last = int(stages["entered"].iloc[0]), int(stages["passed"].iloc[-1])
    if first == 0:
        raise DataError("there are no customers to draw")
    asked = "one question" if len(stages) == 1 else f"{len(stages)} questions"
    said = f"Of {first:,} customers {last:,} remain{'s' if last == 1 else ''} after {asked}"
    with drawing(ax, title or said) as ax:
        for row, stage in enumerate(stages.to_dict("records")):
            place = len(stages) - 1 - row
            name, wanted, entered, passed, left, unknown, ratio = stage.values()
            words, hatched = f"all {passed:,} go on", 0
            if wanted:  # where nobody leaves, those of whom it is not known go on, too
                share = f" ({percent(ratio)})" if entered else ""
                words, hatched = f"{passed:,} of {entered:,} {wanted}{share}", unknown
            words += f", {unknown:,} unknown" if unknown else ""
            ax.barh(place, passed, 0.4, color=ACCENT, label="go on")
            ax.barh(
                place, hatched, 0.4, left=passed, facecolor="none", edgecolor=MUTED, hatch="////",
                linewidth=0.8, label="unknown",
            )  # fmt: skip
            ax.barh(place, left, 0.4, left=passed + hatched, color=GRID, label="leave")
            note(ax, f"{name}: {words}", (0, place + 0.2), (0, 3))
        ax.set(xlim=(0, first), ylim=(-0.4, len(stages) - 0.3), xticks=[], yticks=[])
        bare(ax, "left", "bottom")
    return ax
