"""Texts to speak, from Debian's fortune and word-list packages, by language."""

import glob
import os
import random
import re

FORTUNES = '/usr/share/games/fortunes/'
WORDS = '/usr/share/dict/'
ENGLISH = ('wisdom', 'people', 'literature', 'art', 'work', 'science', 'love', 'law', 'humorists', 'education', 'medicine', 'platitudes')
FOLDERS = {'de': 'de', 'it': 'it', 'cs': 'cs', 'pl': 'pl', 'ru': 'ru', 'bg': 'bg', 'es': 'es', 'eo': 'eo'}
WORD_LISTS = {'fr': 'french', 'sv': 'swedish', 'nl': 'dutch', 'da': 'danish', 'pt': 'portuguese', 'ca': 'catalan', 'uk': 'ukrainian'}
INDIC = {'hi': 0x900, 'mr': 0x900, 'te': 0xC00}
BORROWED = {
    'fi': 'sv', 'ro': 'it', 'et': 'sv', 'id': 'es', 'eu': 'es', 'sq': 'it', 'lt': 'pl', 'hr': 'cs', 'el': 'es', 'sw': 'it',
    'nb': 'da', 'sk': 'cs', 'hu': 'cs', 'tr': 'de', 'is': 'sv', 'cy': 'fr', 'lv': 'pl', 'sl': 'cs', 'af': 'nl',
}
"""Languages without a text package read another language's words by their own rules: what counts is sounds, not sense."""

LAUGHS = ('Ha ha ha ha ha!', 'He he he he.', 'Hahaha, ho ho ho ho!', 'Hm hm hm, ha ha.', 'Ah! Ha ha ha.')
UNSPEAKABLE = re.compile(r'[\[\]<>{}|=*_/\\~^#@&%$"]|\d\d')


def sentences(paths):
    found = []
    for path in paths:
        if path.endswith(('.dat', '.u8')) or not os.path.isfile(path):
            continue
        with open(path, encoding='utf8', errors='ignore') as file:
            cookies = re.split(r'\n%+\n', file.read())
        for cookie in cookies:
            cookie = re.sub(r'\s+', ' ', re.sub(r'\n\s*--.*', '', cookie)).strip()
            for sentence in re.split(r'(?<=[.!?])\s+', cookie):
                if 25 < len(sentence) < 130 and not UNSPEAKABLE.search(sentence):
                    found.append(sentence)
    return found


def word_salad(path, chance, count=3000):
    with open(path, 'rb') as file:
        listed = file.read()
    try:
        listed = listed.decode('utf8')
    except UnicodeDecodeError:
        listed = listed.decode('latin1')
    words = [word for word in listed.split() if 2 < len(word) < 12 and word.isalpha()]
    return [' '.join(chance.choices(words, k=chance.randint(4, 8))) + '.' for _ in range(count)]


def indic_salad(base, chance, count=2000):
    """Random open syllables in a script whose block starts at `base`: consonant, then a vowel sign or none."""
    consonants = [base + c for c in (*range(0x15, 0x19), 0x1A, 0x1C, 0x1F, 0x21, *range(0x24, 0x29), *range(0x2A, 0x31), 0x32, 0x35, 0x36, 0x38, 0x39)]
    vowels = [base + v for v in (0x3E, 0x3F, 0x40, 0x41, 0x42, 0x47, 0x48, 0x4B, 0x4C)]
    syllable = lambda: chr(chance.choice(consonants)) + (chr(chance.choice(vowels)) if chance.random() < 0.75 else '')
    word = lambda: ''.join(syllable() for _ in range(chance.randint(1, 4)))
    return [' '.join(word() for _ in range(chance.randint(4, 7))) for _ in range(count)]


def texts(language, held_out, seed=0):
    """Returns shuffled sentences of a language. Training and held-out texts never meet."""
    chance = random.Random(f'{language} {seed}')
    source = BORROWED.get(language, language)
    if source in INDIC:
        found = indic_salad(INDIC[source], chance)
    elif source in WORD_LISTS:
        found = word_salad(WORDS + WORD_LISTS[source], chance)
    elif source in FOLDERS:
        found = sentences(glob.glob(FORTUNES + FOLDERS[source] + '/*'))
    else:
        found = sentences(FORTUNES + name for name in ENGLISH)
    found = sorted(set(found))
    random.Random(0).shuffle(found)
    cut = len(found) // 8
    found = found[:cut] if held_out else found[cut:]
    chance.shuffle(found)
    return found
