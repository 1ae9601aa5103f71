"""The `report` stage: everything measured -> one page that opens from a folder, without a server or the internet."""
