"""What can be wrong with a database or a copy of one, for the operator. Each carries the key of its text and the facts
the text needs, like every error that a person sees."""

from domain.errors import DomainError


class SchemaError(DomainError):
    """The database cannot be used with this version of the code. Keys:

    schema.newer          the database was made by a newer version; facts: found, known
    schema.dangling       a migration would leave rows that refer to nothing; facts: table
    schema.unversioned    it holds tables that no migration of ours has made
    schema.no_backup_dir  it has to be upgraded, and nobody said where the copy made before that should go
    """


class BackupError(DomainError):
    """A copy could not be made, or is not to be trusted, or must not be played back. Keys:

    backup.exists         the file is there already, and overwriting was not asked for; facts: path
    backup.no_database    there is nothing to copy; facts: path
    backup.no_answer      the bot that runs did not make the copy in time; facts: seconds
    backup.failed         the bot that runs could not make the copy; facts: reason
    backup.no_space       the disk is full
    backup.missing        no such file; facts: path
    backup.not_a_backup   the file is something else, or was cut off at its beginning
    backup.damaged        it is not what was written; facts: where
    backup.newer          it was made by a newer version; facts: found, known
    backup.bot_running    a bot runs on the database that would be replaced
    backup.not_empty      the database holds rows, and overwriting was not asked for; facts: tables
    backup.refused        the database did not take what the copy holds; facts: table, reason
    """
