"""One connection for all inputs of a step, closed after the last of them.

Opening a DuckDB file costs about 20 ms, more than most reads of one date. Nothing stays open while a step computes.
Does NOT belong here: what is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from nba_pipeline.warehouse import Warehouse


class StepReader:
    """Hands out the warehouse of the step that is reading; its last input, an error or another step closes it."""

    def __init__(self) -> None:
        self._step = ""
        self._left = 0
        self._warehouse: Warehouse | None = None
        self._open = ExitStack()

    @contextmanager
    def of(self, step: str, inputs: int, warehouse: Warehouse) -> Iterator[Warehouse]:
        """The warehouse for one of the `inputs` inputs of `step`."""
        if step != self._step or self._warehouse is None:
            self.close()
            self._step, self._left = step, inputs
            self._warehouse = self._open.enter_context(warehouse.reading())
        done = False
        try:
            yield self._warehouse
            done = True
        finally:
            self._left -= 1
            if not done or self._left <= 0:
                self.close()

    def close(self) -> None:
        """Leave nothing open."""
        self._warehouse = None
        self._open.close()
