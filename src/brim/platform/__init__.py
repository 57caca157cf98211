"""What every capability stands on: settings, the database and its migrations, secrets at rest, logs and metrics.

It knows nothing of top-ups or accounts. Neighbours: `base` below, `core` above. Start reading at `database`, then
`settings`.
"""
