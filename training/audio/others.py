"""Recordings in Debian main of what is not speech: animals, tools, engines, weather, fights, instruments, and music without song.

- Tux Paint: how the things on its pictures sound. Each fifth is kept for the test.
- Battle for Wesnoth, LinCity: sounds of a fantasy world and of a town; the first has music too, each fifth piece kept for the test.
- Widelands, MegaGlest: wild and farm animals, birds, crafts, weather; Hedgewars, Minetest: weapons, machines, steps, doors.
- Sonic Pi: instruments and loops.

Left out is what a person utters.
"""

import re
from pathlib import Path

import numpy as np
from scipy.signal import resample_poly

from training.audio.recorded import STAMPS, read

STAMP_KINDS = ('animals', 'hobbies', 'household', 'naturalforces', 'vehicles')
FOLDERS = (
    '/usr/share/games/wesnoth/1.16/data/core/sounds', '/usr/share/games/lincity-ng/sounds', '/usr/share/sonic-pi/samples',
    '/usr/share/games/widelands/data/sound', '/usr/share/games/widelands/data/world/critters', '/usr/share/games/hedgewars/Data/Sounds',
    '/usr/share/games/minetest/games/minetest_game/mods',
)
MEGAGLEST = Path('/usr/share/games/megaglest')
MEGAGLEST_KEPT = re.compile(
    '(pig|cow|bull|sheep|chicken|rooster|good_morning|mudchute|ele|eagle|hawk|owl|wolf|snake|bee|(evil_)?dragon|(horseman|golem)_walk|'
    'anvil|arrow|catapult|tower|tech_building|air_|orni|day|night|rain|wind|water)')
"""Most of its files are soldiers who speak."""
MUSIC = Path('/usr/share/games/wesnoth/1.16/data/core/music')
UTTERED = re.compile(
    'human|dwarf|elf|goblin|groan|orc|ogre|mermaid|mermen|ugg|wail|choir|voxy|robot|commune|market|residential|school|sport|voices/|hell_|'
    'hellish|hogchant|yoohoo|kiss|inn_|tavern|lobby')
SOUND_FILES = ('.ogg', '.wav', '.flac')
HELD_OUT = 5  # each fifth
LONGEST_EFFECT_S, LONGEST_PIECE_S = 12, 90
SPEEDS = (1.0, 0.6, 1.6)
"""A larger beast is slower and deeper, so one sound is three."""


def parted(paths, held_out):
    return [path for index, path in enumerate(sorted(paths)) if (index % HELD_OUT == 0) == held_out]


def heard(paths, longest_s):
    sounds = (read(path, longest_s) for path in paths)
    return [sound for sound in sounds if sound is not None]


def at_speed(sound, speed):
    return sound if speed == 1 else resample_poly(sound, 100, round(100 * speed)).astype(np.float32)


def effects(held_out):
    """Returns sounds, [samples] each; none where the packages are missing. Held out are some of Tux Paint's alone."""
    stamps = parted((path for kind in STAMP_KINDS for path in (STAMPS / kind).rglob('*.ogg') if '_desc' not in path.name), held_out)
    if held_out:
        return heard(stamps, LONGEST_EFFECT_S)
    files = ((path, path.relative_to(folder)) for folder in FOLDERS for path in sorted(Path(folder).rglob('*')))
    more = (path for path, name in files if path.suffix in SOUND_FILES and not UTTERED.search(str(name).lower()))
    glest = (path for path in sorted(MEGAGLEST.rglob('*')) if path.suffix in SOUND_FILES and MEGAGLEST_KEPT.match(path.name))
    once = {path.name: path for path in glest}  # its tile sets share them
    return [at_speed(sound, speed) for sound in heard([*stamps, *more, *once.values()], LONGEST_EFFECT_S) for speed in SPEEDS]


def pieces(held_out):
    """Returns the beginnings of pieces of music, [samples] each; none where the package is missing."""
    return heard(parted(MUSIC.glob('*.ogg'), held_out), LONGEST_PIECE_S)
