"""Why something cannot be written as an ACH file."""


class NachaError(ValueError):
    """What was to be written breaks the format."""


class FieldError(NachaError):
    """A value does not fit its field, or not the records around it.

    The sentence shows no more than the end of an account number; `value` is all of it.
    """

    def __init__(self, record: str, field: str, value: object, problem: str) -> None:
        self.record = record
        self.field = field
        self.value = value
        super().__init__(f"{record}, {field}: {problem}")


class CorrectionError(NachaError):
    """The corrected data of a notification of change says nothing that could be applied."""
