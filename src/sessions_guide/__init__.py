"""What turns a program in snippets/ into cells of a page, a notebook, a test and a run in the browser."""
