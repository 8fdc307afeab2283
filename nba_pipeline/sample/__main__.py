"""`python -m nba_pipeline.sample DIR`: write the simulated landing zone into a folder or bucket address."""

from __future__ import annotations

import argparse

from nba_pipeline.sample.generate import write_sample
from nba_pipeline.sample.season import MAX_GAME_DATES, MIN_GAME_DATES


def main(arguments: list[str] | None = None) -> None:
    """Read the arguments, write, and print what was written."""
    parser = argparse.ArgumentParser(prog="python -m nba_pipeline.sample", description=__doc__)
    parser.add_argument("root", help="landing root: an empty local folder, or an address such as gs://bucket/prefix")
    parser.add_argument("--seed", type=int, default=7, help="another seed is another league (default 7)")
    parser.add_argument(
        "--game-dates",
        type=int,
        default=45,
        choices=range(MIN_GAME_DATES, MAX_GAME_DATES + 1),
        metavar=f"{MIN_GAME_DATES}..{MAX_GAME_DATES}",
        help="number of played dates (default 45)",
    )
    options = parser.parse_args(arguments)
    print(write_sample(options.root, seed=options.seed, game_dates=options.game_dates).describe())


if __name__ == "__main__":
    main()
