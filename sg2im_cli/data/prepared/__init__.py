"""Images at the size of training, in Arrow files that are mapped into memory.

`format` says what lies on disk; `writing` makes it, a shard (`shards`) at a time; `reading` opens it, and `rows` looks
images up.
"""
