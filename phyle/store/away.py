"""What it looks like when the database is away, and how we say so: nothing of ours was wrong, and later it may work."""

import asyncpg

from phyle.errors import Unavailable

DATABASE_IS_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the driver in between: its connection broke, and it has not noticed yet
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.PostgresSystemError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.LockNotAvailableError,
    ConnectionError,
    FileNotFoundError,
    TimeoutError,
)
"""Classes 08, 53, 57 and 58 of PostgreSQL's errors (appendix A of its manual), and those of its sockets."""


def unavailable(error: BaseException) -> Unavailable:
    """The refusal that follows. A full disk is worth its own sentence: only a person can make room."""
    sentence = "The database does not answer right now. Nothing was lost; please try again shortly."
    if isinstance(error, asyncpg.DiskFullError):
        sentence = "The disk of this server is full. Nothing was lost; please try again when there is room."
    return Unavailable(sentence, cause=f"{type(error).__name__}: {error}", retry_after=5)
