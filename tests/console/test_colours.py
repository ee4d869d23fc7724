"""The tokens: contrasts that people can read, palettes that colour-blind people can tell apart."""

import itertools
import re

import numpy as np
import pytest
from django.conf import settings

from console import palette

TOKENS = (settings.BASE_DIR / "static/css/tokens.css").read_text()
THEMES = ("light", "dark")
GROUNDS = ("canvas", "surface", "sunken", "sidebar")
TONES = ("neutral", "info", "success", "warning", "danger")

# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear sRGB.
VISIONS = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
JUST_TOLD_APART = 0.06
"""In OKLab; about three times what is just noticeable side by side."""


def theme(name: str) -> dict[str, str]:
    """The theme's own colours by token, `--am-` left out."""
    start = TOKENS.index(f'[data-bs-theme="{name}"] {{\n  color-scheme')
    block = TOKENS[start : TOKENS.index("}", start)]
    return dict(re.findall(r"--am-([\w-]+): (#[0-9a-f]{6});", block))


def numbered(name: str) -> tuple[str, ...]:
    found = re.findall(rf"--am-{name}-(\d+): (#[0-9a-f]{{6}});", TOKENS)
    assert [int(number) for number, _ in found] == list(range(1, len(found) + 1))
    return tuple(colour for _, colour in found)


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2."""
    low, high = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def oklab(colour: str, vision: np.ndarray) -> np.ndarray:
    """https://bottosson.github.io/posts/oklab/"""
    cones = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    opponents = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    seen = np.clip(vision @ linear(colour), 0, 1)
    return opponents @ np.cbrt(cones @ seen)


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("text", ["text", "muted", "accent", "accent-strong", "danger"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_words_are_readable_on_every_ground(name, text, ground):
    assert contrast(theme(name)[text], theme(name)[ground]) >= 4.5


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("tone", TONES)
def test_pills_and_alerts_are_readable(name, tone):
    assert contrast(theme(name)[tone], theme(name)[f"{tone}-soft"]) >= 4.5


@pytest.mark.parametrize("name", THEMES)
def test_buttons_and_chosen_things_are_readable(name):
    colours = theme(name)
    assert contrast(colours["on-accent"], colours["accent"]) >= 4.5
    assert contrast(colours["on-accent"], colours["accent-strong"]) >= 4.5
    assert contrast(colours["on-danger"], colours["danger-button"]) >= 4.5
    assert contrast(colours["on-danger"], colours["danger"]) >= 4.5
    assert contrast(colours["accent-strong"], colours["accent-soft"]) >= 4.5


@pytest.mark.parametrize("name", THEMES)
def test_edges_of_controls_and_the_focus_are_visible(name):
    colours = theme(name)
    for ground in ("surface", "canvas"):
        assert contrast(colours["control-line"], colours[ground]) >= 3
        assert contrast(colours["focus"], colours[ground]) >= 3
    assert contrast("#ffffff", colours["tick"]) >= 3


def test_both_themes_have_the_same_tokens():
    assert theme("light").keys() == theme("dark").keys()


def test_charts_and_pages_have_the_same_palettes():
    assert numbered("categorical") == palette.CATEGORICAL
    assert numbered("sequential") == palette.SEQUENTIAL


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("colour", palette.CATEGORICAL)
def test_curves_stand_out_from_both_themes(name, colour):
    assert contrast(colour, theme(name)["surface"]) >= 3


@pytest.mark.parametrize("vision", VISIONS)
def test_curves_are_told_apart_with_every_kind_of_colour_vision(vision):
    seen = [oklab(colour, VISIONS[vision]) for colour in palette.CATEGORICAL]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > JUST_TOLD_APART


@pytest.mark.parametrize("vision", VISIONS)
def test_the_sequential_palette_rises_in_even_steps_of_lightness(vision):
    steps = np.diff([oklab(colour, VISIONS[vision])[0] for colour in palette.SEQUENTIAL])
    assert (steps > 0).all()
    assert steps.max() < 3 * steps.min()


def test_after_the_last_colour_the_first_comes_again():
    assert palette.categorical(len(palette.CATEGORICAL)) == palette.CATEGORICAL[0]


def test_the_scale_for_plotly_spans_0_to_1():
    scale = palette.sequential_scale()
    assert (scale[0], scale[-1]) == ([0, palette.SEQUENTIAL[0]], [1, palette.SEQUENTIAL[-1]])
