"""What the commands of the bank refuse, each with its sentence."""

import click


class BankError(click.ClickException):
    """A failure with a sentence for whoever typed the command; the bank's state is unchanged."""


class NoBankError(BankError):
    """There is no bank in the folder."""

    def __init__(self, folder: str) -> None:
        super().__init__(f"There is no bank in {folder}. Create one with: brim bank init {folder}")


class BankExistsError(BankError):
    """The folder has a bank, with other settings than those asked for."""

    def __init__(self, folder: str) -> None:
        super().__init__(f"{folder} already has a bank, with other settings.")


class BankBusyError(BankError):
    """Another process advances this bank."""

    def __init__(self, folder: str) -> None:
        super().__init__(f"Another process is running the bank in {folder}.")


class BackwardsError(BankError):
    """The bank's time never goes back."""

    def __init__(self, clock: str) -> None:
        super().__init__(f"The bank's time is {clock} already and cannot go back.")


class InvalidSettingError(BankError):
    """A setting of a new bank cannot be used."""


class ScriptError(BankError):
    """A rule of a script cannot be understood.

    Args:
        place: the rule's number in its file, from 1 on.
    """

    def __init__(self, place: int, sentence: str) -> None:
        super().__init__(f"Rule {place}: {sentence}")
