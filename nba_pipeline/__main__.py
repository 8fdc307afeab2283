"""`python -m nba_pipeline` is the same as the command `nba-pipeline`."""

from nba_pipeline.cli import main

if __name__ == "__main__":
    main()
