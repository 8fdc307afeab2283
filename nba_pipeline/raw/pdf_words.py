"""Words of a PDF with their place on the page, and the lines they stand in.

Does NOT belong here: what a particular document means, landing paths, tables.
"""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import numpy.typing as npt
import pandas as pd
import pdfplumber
from pdfminer.psexceptions import PSException
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from nba_pipeline.raw.errors import UnusableFile

WORD_GAP = 1.5  # points; the reader's default glues neighbouring words of a column
LINE_TOLERANCE = 3.0  # points between baselines that are one line
FOOTER = r"^Page\s+(?P<page>\d+)\s+of\s+(?P<pages>\d+)$"

# What the PDF reader raises on damaged bytes: its own classes when the file is opened, built-in ones while a page
# is interpreted (measured on 60 damaged copies of a real report).
DAMAGED = (
    PdfminerException,
    MalformedPDFException,
    PSException,
    TypeError,
    ValueError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    RecursionError,
    struct.error,
    zlib.error,
)


def read_words(payload: bytes) -> pd.DataFrame:
    """Words of all pages: page (from 1), x0, top, bottom (points from the upper left corner), text.

    Raises UnusableFile when the file cannot be opened or carries no text.
    """
    try:
        with pdfplumber.open(io.BytesIO(payload)) as document:
            words = [
                (page.page_number, word["x0"], word["top"], word["bottom"], word["text"])
                for page in document.pages
                for word in page.extract_words(x_tolerance=WORD_GAP)
            ]
    except DAMAGED as error:
        raise UnusableFile(f"not readable as PDF ({type(error).__name__}: {error})") from error
    if not words:
        raise UnusableFile("the PDF carries no text")
    return pd.DataFrame(words, columns=["page", "x0", "top", "bottom", "text"])


def line_numbers(words: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Number of the line each word stands in, counted over all pages from the top; aligned with the frame."""
    order = np.lexsort((words["bottom"], words["page"]))
    page, bottom = words["page"].to_numpy()[order], words["bottom"].to_numpy()[order]
    starts = np.r_[True, (np.diff(page) != 0) | (np.diff(bottom) > LINE_TOLERANCE)][: len(words)]
    numbers = np.empty(len(words), dtype=np.int64)
    numbers[order] = np.cumsum(starts) - 1
    return numbers


def text_lines(words: pd.DataFrame) -> pd.DataFrame:
    """Lines from top to bottom: line, page, top, bottom (of the line's lowest word), text with single blanks."""
    numbered = words.assign(line=line_numbers(words)).sort_values(["line", "x0"], kind="stable")
    return numbered.groupby("line", as_index=False).agg(
        page=("page", "first"), top=("top", "min"), bottom=("bottom", "max"), text=("text", " ".join)
    )


def without_footers(words: pd.DataFrame) -> pd.DataFrame:
    """The words without `Page x of y` lines. Raises UnusableFile when the footers miss a page."""
    numbers = line_numbers(words)
    lines = text_lines(words)
    found = lines["text"].str.extract(FOOTER).dropna().astype("int64")
    if found.empty:
        return words
    expected = set(range(1, int(found["pages"].max()) + 1))
    if set(found["page"]) != expected:
        raise UnusableFile(f"pages {sorted(expected - set(found['page']))} of {len(expected)} are missing")
    return words[~np.isin(numbers, lines.loc[found.index, "line"])]
