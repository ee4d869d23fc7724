"""The charts' two palettes: the same values as `--am-categorical-*` and `--am-sequential-*` in tokens.css."""

CATEGORICAL = (
    "#3d68ca", "#ed6e12", "#825d99", "#6399be", "#d02f14", "#b87974", "#a071fc", "#a0555b",
)  # fmt: skip
"""Told apart with every kind of colour vision; at least 3:1 on the surface of both themes."""

SEQUENTIAL = (
    "#3b2f80", "#35509b", "#2b6fa3", "#2f8ca3", "#4fa796", "#83be83", "#bcd17c",
)  # fmt: skip
"""From low to high; lightness rises evenly."""


def categorical(index: int) -> str:
    """The colour of the group with that index, from 0; after the last one it starts again."""
    return CATEGORICAL[index % len(CATEGORICAL)]


def sequential_scale() -> list[list[float | str]]:
    """The sequential palette as Plotly's `colorscale`: pairs of position (0 to 1) and colour."""
    last = len(SEQUENTIAL) - 1
    return [[index / last, colour] for index, colour in enumerate(SEQUENTIAL)]
