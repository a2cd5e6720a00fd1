"""What can go wrong with the embedded server, told to the person who has to act on it."""


class ServerError(Exception):
    """The embedded PostgreSQL cannot be started, joined or kept; the text says what to do."""


class OtherMajorVersionError(ServerError):
    """The data folder was written by another major version of PostgreSQL than the programs at hand."""


class ServerGoneError(ServerError):
    """The server stopped while this process was using it; nothing acknowledged is lost, run it again."""
