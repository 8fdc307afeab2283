"""The landing zone: immutable payload files and the bulk archive. Does NOT belong here: parsing."""

from nba_pipeline.landing.files import Landed, LandedFile
from nba_pipeline.landing.filesystem import LandingError, UnreachableError
from nba_pipeline.landing.store import Landing

__all__ = ["Landed", "LandedFile", "Landing", "LandingError", "UnreachableError"]
