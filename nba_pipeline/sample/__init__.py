"""A simulated league as a landing zone, to try and test the pipeline without real data.

Everything but the names and ids of the 30 teams is invented. Does NOT belong here: real data.
"""

from nba_pipeline.sample.generate import write_sample
from nba_pipeline.sample.summary import SampleSummary

__all__ = ["SampleSummary", "write_sample"]
