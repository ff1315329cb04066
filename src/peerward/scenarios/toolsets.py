"""The tools that several stories give their critic, by what they act on."""

DRIVE_TOOLS = (
    "list_documents",
    "read_document",
    "write_document",
    "append_document",
    "rename_document",
    "delete_document",
)
SHEET_TOOLS = ("list_workbooks", "read_sheet", "update_cell")
CLOSING_TOOLS = ("send_message", "finish")
