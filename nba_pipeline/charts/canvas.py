"""The sheet that every chart is drawn on: size, type, colours, and how it becomes bytes.

The same figure always gives the same bytes: fixed salt for the ids of an SVG, letters as paths of the font that comes
with the drawing library, no date and no version in the file. Nothing here keeps state between two figures.
Does NOT belong here: data, axes of one particular chart.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from PIL import Image

WIDTH_INCHES = 12.0
DOTS_PER_INCH = 100  # 1,200 pixels wide
INLINE_DOTS_PER_INCH, INLINE_COLOURS = 70, 256  # small enough to be kept with every run
LEFT, RIGHT = 0.075, 0.985  # margins, shares of the width
TITLE_INCHES, SUBTITLE_INCHES = 0.32, 0.60  # below the upper edge
HEAD_INCHES, FOOT_INCHES = 0.95, 0.75  # kept free for the titles, and for ticks and legend

# Distinguishable with every common colour blindness and in grey (Okabe and Ito, 2008).
BLUE, SKY, VERMILION, ORANGE, YELLOW, GREEN = "#0072B2", "#56B4E9", "#D55E00", "#E69F00", "#F0E442", "#009E73"
INK, GREY, PALE = "#222222", "#767676", "#E6E6E6"

STYLE: Mapping[Any, Any] = MappingProxyType(
    {
        "font.family": "DejaVu Sans",
        "font.size": 10.0,
        "axes.edgecolor": GREY,
        "axes.labelcolor": INK,
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "xtick.color": INK,
        "ytick.color": INK,
        "xtick.labelsize": 9.0,
        "ytick.labelsize": 9.0,
        "text.color": INK,
        "svg.fonttype": "path",
        "svg.hashsalt": "nba-pipeline",
        "path.simplify": True,
    }
)

Form = Literal["svg", "png"]


@contextmanager
def drawing_style() -> Iterator[None]:
    """The style of this project inside the block, whatever a user's settings file says."""
    with mpl.rc_context(mpl.rcParamsDefault):
        mpl.rcParams.update(STYLE)
        yield


def new_figure(title: str, subtitle: str, *, height: float) -> Figure:
    """An empty sheet of the common width; height in inches. The title says what is found, the subtitle of what."""
    figure = Figure(figsize=(WIDTH_INCHES, height), dpi=DOTS_PER_INCH, facecolor="white")
    figure.text(0.015, 1 - TITLE_INCHES / height, title, fontsize=15, fontweight="bold", va="center")
    figure.text(0.015, 1 - SUBTITLE_INCHES / height, subtitle, fontsize=10, color=GREY, va="center")
    return figure


def percent_axis(axes: Axes, *, decimals: int = 0) -> None:
    """Label the y axis of fractions in percent."""
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.{decimals}f} %")


def rendered(figure: Figure, form: Form = "svg") -> bytes:
    """The figure as an SVG document or a PNG image."""
    written = io.BytesIO()
    with drawing_style():
        if form == "svg":
            FigureCanvasSVG(figure).print_svg(written, metadata={"Date": None, "Creator": None})
        else:
            software: Any = {"Software": None}
            FigureCanvasAgg(figure).print_png(written, metadata=software)
    return written.getvalue()


def inline_image(figure: Figure, name: str) -> str:
    """The figure as Markdown with a small image inside it, for a page that shows text only."""
    canvas = FigureCanvasAgg(figure)
    figure.set_dpi(INLINE_DOTS_PER_INCH)
    with drawing_style():
        canvas.draw()
    image = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB").quantize(INLINE_COLOURS)
    written = io.BytesIO()
    image.save(written, "png", optimize=True)
    return f"![{name}](data:image/png;base64,{base64.b64encode(written.getvalue()).decode('ascii')})"
