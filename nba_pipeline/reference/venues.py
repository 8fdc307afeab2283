"""One row per city in which a counted game has been played: coordinates and time zone of its arena.

Source: kept in this module, position of the arena to four decimals (about ten metres).
Units: degrees, IANA time zone names.
Known gaps: a city that is missing here gives unknown travel and a warning on nba_reference.games; add it below.
"""

from __future__ import annotations

import pandas as pd

from nba_pipeline.orchestration import table_asset
from nba_pipeline.schema import Column, Table
from nba_pipeline.schema.frames import typed_frame

EASTERN = "America/New_York"
CENTRAL = "America/Chicago"
MOUNTAIN = "America/Denver"
PACIFIC = "America/Los_Angeles"

VENUE_CITIES: tuple[tuple[str, float, float, str], ...] = (
    ("Atlanta", 33.7573, -84.3963, EASTERN),
    ("Boston", 42.3662, -71.0621, EASTERN),
    ("Brooklyn", 40.6826, -73.9754, EASTERN),
    ("Charlotte", 35.2251, -80.8392, EASTERN),
    ("Chicago", 41.8807, -87.6742, CENTRAL),
    ("Cleveland", 41.4965, -81.6882, EASTERN),
    ("Dallas", 32.7905, -96.8103, CENTRAL),
    ("Denver", 39.7487, -105.0077, MOUNTAIN),
    ("Detroit", 42.3410, -83.0550, "America/Detroit"),
    ("Houston", 29.7508, -95.3621, CENTRAL),
    ("Indianapolis", 39.7640, -86.1555, "America/Indiana/Indianapolis"),
    ("Inglewood", 33.9450, -118.3430, PACIFIC),
    ("Los Angeles", 34.0430, -118.2673, PACIFIC),
    ("Memphis", 35.1382, -90.0506, CENTRAL),
    ("Miami", 25.7814, -80.1870, EASTERN),
    ("Milwaukee", 43.0451, -87.9172, CENTRAL),
    ("Minneapolis", 44.9795, -93.2761, CENTRAL),
    ("New Orleans", 29.9490, -90.0821, CENTRAL),
    ("New York", 40.7505, -73.9934, EASTERN),
    ("Oklahoma City", 35.4634, -97.5151, CENTRAL),
    ("Orlando", 28.5392, -81.3839, EASTERN),
    ("Philadelphia", 39.9012, -75.1720, EASTERN),
    ("Phoenix", 33.4457, -112.0712, "America/Phoenix"),
    ("Portland", 45.5316, -122.6668, PACIFIC),
    ("Sacramento", 38.5802, -121.4997, PACIFIC),
    ("Salt Lake City", 40.7683, -111.9011, MOUNTAIN),
    ("San Antonio", 29.4270, -98.4375, CENTRAL),
    ("San Francisco", 37.7680, -122.3877, PACIFIC),
    ("Toronto", 43.6435, -79.3791, "America/Toronto"),
    ("Washington", 38.8981, -77.0209, EASTERN),
    ("Austin", 30.2820, -97.7323, CENTRAL),
    ("Las Vegas", 36.1028, -115.1784, PACIFIC),
    ("Mexico City", 19.4969, -99.1756, "America/Mexico_City"),
    ("Berlin", 52.5061, 13.4433, "Europe/Berlin"),
    ("Paris", 48.8386, 2.3785, "Europe/Paris"),
    ("London", 51.5030, 0.0032, "Europe/London"),
)
"""City as it stands before the first comma of the schedule's arena city, latitude, longitude, time zone."""

SEED = "seed of this module"

TABLE = Table(
    layer="reference",
    name="venues",
    grain="one row per city with an arena",
    description="Cities of the thirty teams and of games played elsewhere.",
    columns=(
        Column("venue_city", "STRING", "City of the arena.", unit="text", source=SEED, required=True),
        Column(
            "latitude",
            "FLOAT64",
            "Latitude of the arena, north positive.",
            unit="degrees",
            source=SEED,
            required=True,
            minimum=-90,
            maximum=90,
        ),
        Column(
            "longitude",
            "FLOAT64",
            "Longitude of the arena, east positive.",
            unit="degrees",
            source=SEED,
            required=True,
            minimum=-180,
            maximum=180,
        ),
        Column("time_zone", "STRING", "IANA time zone of the arena.", unit="text", source=SEED, required=True),
    ),
    primary_key=("venue_city",),
    partition_column=None,
    write_mode="replace",
)


def transform() -> pd.DataFrame:
    """All cities of the seed."""
    return typed_frame(TABLE, pd.DataFrame(list(VENUE_CITIES), columns=list(TABLE.column_names)))


asset = table_asset(TABLE, transform, inputs={})
