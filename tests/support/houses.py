"""A database and older copies of it, as after a restore."""

from pathlib import Path

from brim.platform.database import Database
from tests.support.postgres import PostgresForTests


class Houses:
    """A database, and older copies of it. Nobody may be connected to the one that is copied."""

    def __init__(self, server: PostgresForTests, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.names: list[str] = []
        self.open: list[Database] = []

    async def connect(self, name: str) -> Database:
        database = await Database.connect(
            self.server.urls_of(name).service, max_connections=4, timeout_s=20.0, application="brim"
        )
        self.open.append(database)
        return database

    async def close_all(self) -> None:
        while self.open:
            await self.open.pop().close()

    async def create(self, **template: str) -> str:
        name = await self.server.create_database(**template)
        self.names.append(name)
        return name

    async def remove(self) -> None:
        """Close all connections, and drop all databases."""
        await self.close_all()
        while self.names:
            await self.server.drop_database(self.names.pop())
