"""One module a file format: a file's bytes -> its rows of cells. Each library has its home here."""
