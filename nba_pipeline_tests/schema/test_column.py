"""A column that does not say what it is cannot be declared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace

import pytest

from nba_pipeline.schema import Column, Condition, Domain, NullCeiling, SchemaError

POINTS = Column("points", "INT64", "Points scored.", unit="points", source="box score")


@pytest.mark.parametrize("attribute", ["description", "unit", "source"])
@pytest.mark.parametrize("blank", ["", "   "])
def test_blank_description_unit_or_source_is_refused(attribute: str, blank: str) -> None:
    with pytest.raises(SchemaError, match=f"column points: {attribute} is blank"):
        replace(POINTS, **{attribute: blank})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["Points", "points scored", "2pt_makes", "points-avg", ""])
def test_name_that_is_not_snake_case_is_refused(name: str) -> None:
    with pytest.raises(SchemaError, match="use lower-case snake case"):
        replace(POINTS, name=name)


def test_unknown_type_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SchemaError, match=r"points: unknown type 'NUMERIC'; use one of .*FLOAT64"):
        replace(POINTS, type="NUMERIC")  # type: ignore[arg-type]


def test_minimum_above_maximum_is_refused() -> None:
    with pytest.raises(SchemaError, match="minimum 5 is above maximum 4"):
        replace(POINTS, minimum=5, maximum=4)


def test_required_column_cannot_empty_its_cells() -> None:
    with pytest.raises(SchemaError, match="a required column cannot have a null_cell domain"):
        replace(POINTS, required=True, domain=Domain(0, 110, "null_cell"))


def test_required_column_may_refuse_whole_rows() -> None:
    column = replace(POINTS, required=True, domain=Domain(0, 110, "reject_row"))
    assert column.domain == Domain(0, 110, "reject_row")


@pytest.mark.parametrize("share", [-0.01, 1.01])
@pytest.mark.parametrize("kind", ["season", "date", "error", "block"])
def test_null_ceiling_outside_a_share_is_refused(kind: str, share: float) -> None:
    with pytest.raises(SchemaError, match="is not a share between 0 and 1"):
        NullCeiling(**{kind: share})


@pytest.mark.parametrize(
    ("declare", "message"),
    [
        (lambda: Condition("points", "like", 3), "operator 'like' is unknown"),  # type: ignore[arg-type]
        (lambda: Condition("points", ">"), "'>' needs a value"),
        (lambda: Condition("points", "is null", 0), "'is null' needs no value"),
    ],
)
def test_condition_without_sense_is_refused(declare: Callable[[], Condition], message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        declare()


def test_columns_are_values_that_cannot_be_changed() -> None:
    assert replace(POINTS) == POINTS
    assert hash(POINTS) == hash(replace(POINTS))
    with pytest.raises(FrozenInstanceError):
        POINTS.unit = "goals"  # type: ignore[misc]
