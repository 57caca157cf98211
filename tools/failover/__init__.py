"""The parts of the high-availability drill (tools/ha_drill.py): hosts, cluster, load, faults, and the checker."""
