"""The one error a company operation raises: the critic sees its text as an ordinary tool error."""


class CompanyError(Exception):
    """An operation that the company refuses, with a text that says what was wrong and what exists instead."""
