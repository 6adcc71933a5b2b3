"""Recordings in Debian main of what is not speech: animals, tools, engines, weather, fights, instruments, and music without song.

- Tux Paint: how the things on its pictures sound. Each fifth is kept for the test.
- Battle for Wesnoth, LinCity: sounds of a fantasy world and of a town; the first has music too, each fifth piece kept for the test.
- Sonic Pi: instruments and loops.

Left out is what a person utters.
"""

import re
from pathlib import Path

from training.audio.recorded import STAMPS, read

STAMP_KINDS = ('animals', 'hobbies', 'household', 'naturalforces', 'vehicles')
FOLDERS = ('/usr/share/games/wesnoth/1.16/data/core/sounds', '/usr/share/games/lincity-ng/sounds', '/usr/share/sonic-pi/samples')
MUSIC = Path('/usr/share/games/wesnoth/1.16/data/core/music')
UTTERED = re.compile('human|dwarf|elf|goblin|groan|orc|ogre|mermaid|mermen|ugg|wail|choir|voxy|robot|commune|market|residential|school|sport')
HELD_OUT = 5  # each fifth
LONGEST_EFFECT_S, LONGEST_PIECE_S = 12, 90


def parted(paths, held_out):
    return [path for index, path in enumerate(sorted(paths)) if (index % HELD_OUT == 0) == held_out]


def heard(paths, longest_s):
    sounds = (read(path, longest_s) for path in paths)
    return [sound for sound in sounds if sound is not None]


def effects(held_out):
    """Returns sounds, [samples] each; none where the packages are missing. Held out are some of Tux Paint's alone."""
    stamps = parted((path for kind in STAMP_KINDS for path in (STAMPS / kind).rglob('*.ogg') if '_desc' not in path.name), held_out)
    files = (path for folder in FOLDERS for path in sorted(Path(folder).rglob('*')) if path.suffix in ('.ogg', '.wav', '.flac'))
    more = [] if held_out else [path for path in files if not UTTERED.search(path.name.lower())]
    return heard([*stamps, *more], LONGEST_EFFECT_S)


def pieces(held_out):
    """Returns the beginnings of pieces of music, [samples] each; none where the package is missing."""
    return heard(parted(MUSIC.glob('*.ogg'), held_out), LONGEST_PIECE_S)
