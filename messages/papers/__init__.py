"""Writers: each makes one file of lines, in the process of messages/press.py. They know only what they are told."""
