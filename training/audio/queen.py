"""Dialogues of the adventure game Flight of the Amazon Queen (1995, given away since 2004): many actors, and what they say.

Its one archive begins with a table: how many files there are; then name, disc, place and size of each. Numbers are big-endian.
A dialogue is a file `.DOG` of numbered texts, the player's and then the other's, which stage directions like `*15` divide into
pieces. Each piece is spoken in an MP3 file `.SB`, named by the dialogue, the text's number, whose it is, and the piece.
"""

import re
import struct
from pathlib import Path

ARCHIVE = Path('/usr/share/scummvm/flight-of-the-amazon-queen/queen.1c')
COUNT_AT, ENTRY = 13, struct.Struct('>12sxII')
HEADER_AT, HEADER = 20, struct.Struct('>h2xhhh')  # levels of the tree of choices, number, the player's texts, the other's texts
TREE_AT, LEVEL_BYTES = 52, 96
TEXT, ALIGNMENT = struct.Struct('>2xHB'), 4
DIRECTION = re.compile(r'\*..')
LEAST_LETTERS = 6


def files_of(archive):
    """archive: bytes. Returns name -> bytes."""
    (count,) = struct.unpack_from('>H', archive, COUNT_AT)
    entries = ENTRY.iter_unpack(archive[COUNT_AT + 2 : COUNT_AT + 2 + count * ENTRY.size])
    return {name.rstrip(b'\0').decode('latin1'): archive[start : start + size] for name, start, size in entries}


def texts_of(dialogue):
    """dialogue: bytes. Yields (name of the MP3 file, text) of each piece."""
    levels, number, mine, others = HEADER.unpack_from(dialogue, HEADER_AT)
    at = TREE_AT + LEVEL_BYTES * abs(levels)
    for index in range(mine + others):
        text_number, length = TEXT.unpack_from(dialogue, at)
        text = dialogue[at + TEXT.size : at + TEXT.size + length].decode('latin1')
        at += TEXT.size + length
        at += -at % ALIGNMENT
        for piece, words in enumerate(DIRECTION.split(text), 1):
            yield f'{number:02d}{text_number:04X}{"J" if index < mine else "P"}{piece}.SB', words.strip()


def lines():
    """Returns (MP3, text) of all that is said in the dialogues; nothing where the package is missing."""
    files = files_of(ARCHIVE.read_bytes()) if ARCHIVE.exists() else {}
    said = {}
    for name in sorted(files):
        if name.endswith('.DOG'):
            said.update(texts_of(files[name]))
    return [(files[name], text) for name, text in sorted(said.items())
            if name in files and sum(map(str.isalpha, text)) >= LEAST_LETTERS and '.CUT' not in text.upper()]
