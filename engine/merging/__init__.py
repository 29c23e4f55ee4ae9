"""A draft that another version overtook is carried over to it: base, version and draft are merged part by part, and a person chooses
where both changed the same part otherwise. Pure: bytes in, bytes out."""
