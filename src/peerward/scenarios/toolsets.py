"""The tools that several stories give their critic, by what they act on."""

SHEET_TOOLS = ("list_workbooks", "read_sheet", "update_cell")
CLOSING_TOOLS = ("send_message", "finish")
BARE_DRIVE_TOOLS = ("list_documents", "read_document", "write_document")
"""The tools on documents where there are only items, key and report."""


def drive_tools(listing: str) -> tuple[str, ...]:
    """The tools on the shared drive, for a level of the factor listing."""
    return (
        "list_documents" if listing == "names" else "show_documents",
        "read_document",
        "write_document",
        "append_document",
        "rename_document",
        "delete_document",
    )
