"""The phone names of each synthesis engine, as IPA. `_` is silence."""

CMU = {
    'aa': 'ɑ', 'ae': 'æ', 'ah': 'ʌ', 'ao': 'ɔ', 'aw': 'aʊ', 'ax': 'ə', 'axr': 'ɚ', 'ay': 'aɪ', 'b': 'b', 'ch': 'tʃ', 'd': 'd', 'dh': 'ð',
    'dx': 'ɾ', 'eh': 'ɛ', 'el': 'l', 'em': 'm', 'en': 'n', 'er': 'ɚ', 'ey': 'eɪ', 'f': 'f', 'g': 'ɡ', 'h': 'h', 'hh': 'h', 'ih': 'ɪ',
    'iy': 'i', 'jh': 'dʒ', 'k': 'k', 'l': 'l', 'm': 'm', 'n': 'n', 'ng': 'ŋ', 'nx': 'n', 'ow': 'oʊ', 'oy': 'ɔɪ', 'p': 'p', 'r': 'ɹ',
    's': 's', 'sh': 'ʃ', 't': 't', 'th': 'θ', 'uh': 'ʊ', 'uw': 'u', 'v': 'v', 'w': 'w', 'y': 'j', 'z': 'z', 'zh': 'ʒ',
}
CZECH = {
    'c': 'ts', 'c~': 'tʃ', 'ch': 'x', 'd~': 'ɟ', 'dz~': 'dʒ', 'h': 'ɦ', 'n~': 'ɲ', 'N': 'ŋ', 'M': 'ɱ', 'r~': 'r', 'R~': 'r', 's~': 'ʃ',
    't~': 'c', 'z~': 'ʒ', 'e': 'ɛ',
}
RUSSIAN_VOWELS = {'a': 'a', 'e': 'ɛ', 'i': 'i', 'o': 'o', 'u': 'u', 'y': 'ɨ'}
SILENCES = ('#', 'pau', 'H#', 'h#', '_', 'sil', 'ssil', 'SIL', 'brth')

VOWELS_BY_SHAPE = {
    # festival's (height, frontness, rounded): 1 is high, 1 is front
    (1, 1, 0): 'i', (1, 1, 1): 'y', (1, 2, 0): 'ɨ', (1, 2, 1): 'ʉ', (1, 3, 0): 'ɯ', (1, 3, 1): 'u',
    (2, 1, 0): 'e', (2, 1, 1): 'ø', (2, 2, 0): 'ə', (2, 2, 1): 'ɵ', (2, 3, 0): 'ʌ', (2, 3, 1): 'o',
    (3, 1, 0): 'æ', (3, 1, 1): 'œ', (3, 2, 0): 'a', (3, 2, 1): 'a', (3, 3, 0): 'ɑ', (3, 3, 1): 'ɒ',
}
CONSONANTS_BY_SHAPE = {
    # festival's (type, place): stop, fricative, affricate, nasal, liquid, r-like; labial, alveolar, palatal, labiodental, dental, velar, glottal
    ('s', 'l'): 'p', ('n', 'l'): 'm', ('f', 'b'): 'f', ('f', 'l'): 'f', ('s', 'a'): 't', ('s', 'd'): 't', ('f', 'a'): 's', ('f', 'd'): 'θ',
    ('f', 'p'): 'ʃ', ('a', 'p'): 'tʃ', ('a', 'a'): 'ts', ('a', 'd'): 'ts', ('n', 'a'): 'n', ('n', 'd'): 'n', ('n', 'p'): 'ɲ', ('n', 'v'): 'ŋ',
    ('s', 'v'): 'k', ('f', 'v'): 'x', ('f', 'g'): 'h', ('f', '0'): 'h', ('l', 'a'): 'l', ('l', 'd'): 'l', ('l', 'p'): 'ʎ', ('r', 'l'): 'w',
    ('r', 'p'): 'j', ('r', 'a'): 'ɹ', ('r', 'v'): 'w', ('s', 'p'): 'c',
}


def czech(name):
    """Czech voices write a háček before or after its letter and mark variants with digits and stars."""
    bare = name.rstrip('*0123456789').replace(':', '')
    if bare.startswith('~'):
        bare = bare[1:] + '~'
    return CZECH.get(bare, bare) or '_'


def festival(language, name, vowel, height, front, rounded, kind, place):
    """A festival segment as IPA, from its name where that is plain, else from its phonetic features."""
    if name in SILENCES:
        return '_'
    if language == 'cs':
        return czech(name)
    if language == 'en' and name in CMU:
        return CMU[name]
    if vowel == '+':
        if language == 'ru':
            return RUSSIAN_VOWELS.get(name[0], 'ə')
        if language == 'fi' and name[0] == '@':
            return 'æ'
        bare = name.rstrip('0123456789:')
        if bare in ('a', 'e', 'i', 'o', 'u', 'E', 'O'):
            return {'E': 'ɛ', 'O': 'ɔ'}.get(bare, bare)
        digit = lambda text: int(text) if text.isdigit() else 2
        return VOWELS_BY_SHAPE.get((digit(height), digit(front), int(rounded == '+')), 'ə')
    if (kind, place) == ('f', 'd') and language != 'en':
        return 's' if language == 'ru' else 't'  # the Indic sets call their breathy dental stops fricatives
    if name in ('w', 'j', 'r', 'l', 'v'):
        return name
    if name == 'y':
        return 'j'
    return CONSONANTS_BY_SHAPE.get((kind, place), 'h')
