"""Tests of what runs by itself: conditions, landing sensor, schedules, brake, heartbeat."""
