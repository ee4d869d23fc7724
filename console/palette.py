"""The charts' two palettes: the same values as `--am-categorical-*` and `--am-sequential-*` in tokens.css."""

CATEGORICAL = (
    "#3666d5",
    "#af8e2a",
    "#cf7187",
    "#43792f",
    "#907bf8",
    "#459ec2",
    "#9f4a8d",
)
"""Told apart with every kind of colour vision; at least 3:1 on the surface of both themes."""

SEQUENTIAL = (
    "#443493",
    "#254fa7",
    "#066b9e",
    "#088099",
    "#079496",
    "#13a98b",
    "#4abb6f",
    "#92c354",
    "#ccc742",
)
"""From low to high; lightness rises evenly."""


def categorical(index: int) -> str:
    """The colour of the group with that index, from 0; after the last one it starts again."""
    return CATEGORICAL[index % len(CATEGORICAL)]


def sequential_scale() -> list[list[float | str]]:
    """The sequential palette as Plotly's `colorscale`: pairs of position (0 to 1) and colour."""
    last = len(SEQUENTIAL) - 1
    return [[index / last, colour] for index, colour in enumerate(SEQUENTIAL)]
