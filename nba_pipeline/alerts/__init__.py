"""Messages to people about what changed: checks, failed partitions, late tables, silent sensors.

Alerts are sent on change and never on state; what is open is kept in the cursor of the sensor, what is true is read
from Dagster. Does NOT belong here: judging anything.
"""
