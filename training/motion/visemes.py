"""What each speech sound asks of the mouth.

Nine mouth parameters, 0..1: how far the jaw is down, the opening between the lips, their hard closure, pucker, funnel,
stretch, lower lip under the upper teeth, raised upper lip, tongue tip in sight.
"""

from dataclasses import dataclass

PARAMETERS = ('jaw', 'aperture', 'closure', 'pucker', 'funnel', 'stretch', 'tuck', 'upper', 'tongue')
BLENDED = ('jaw', 'aperture', 'pucker', 'funnel', 'stretch', 'upper', 'tongue')
"""The parameters that neighbouring sounds share by dominance. Closure and tuck are made by hard contact instead."""


@dataclass(frozen=True)
class Viseme:
    kind: str  # 'vowel', 'consonant' or 'silence'
    group: str
    targets: tuple  # [7] by BLENDED
    dominance: tuple  # [7] strength against the neighbours
    rounded: bool = False


def vowel(open_, front, rounding):
    """A vowel from its place in the IPA chart: open_ 0 close .. 1 open, front 0 back .. 1 front, rounding 0..1.

    Rounding narrows the lips and pushes them forward, the more so the closer the vowel; spreading goes with front and
    close (Linker 1982; Fromkin 1964).
    """
    targets = (
        0.13 + 0.66 * open_,
        (0.24 + 0.54 * open_) * (1 - 0.22 * rounding),
        rounding * (0.95 - 0.6 * open_),
        rounding * (0.5 + 0.2 * open_) + 0.08 * open_ * (1 - front),
        (1 - rounding) * (0.08 + 0.67 * front * (1 - 0.6 * open_)),
        0.2 + 0.14 * front,
        0.08,
    )
    return Viseme('vowel', 'rounded' if rounding >= 0.5 else 'open' if open_ > 0.6 else 'mid' if open_ > 0.3 else 'close',
                  targets, (1.0, 1.0, 0.9, 0.9, 0.8, 0.7, 0.4), rounding >= 0.5)


VOWELS = {
    # open, front, rounding
    'i': (0.0, 1.0, 0), 'ɪ': (0.15, 0.8, 0), 'e': (0.33, 1.0, 0), 'ɛ': (0.55, 0.9, 0), 'æ': (0.8, 0.85, 0), 'a': (0.95, 0.6, 0),
    'ɑ': (1.0, 0.0, 0), 'ɐ': (0.72, 0.4, 0), 'ʌ': (0.62, 0.1, 0), 'ə': (0.33, 0.4, 0), 'ɜ': (0.45, 0.4, 0.1), 'ɚ': (0.3, 0.3, 0.35),
    'ɔ': (0.62, 0.0, 0.7), 'ɒ': (0.85, 0.0, 0.5), 'o': (0.35, 0.0, 0.9), 'ʊ': (0.15, 0.1, 0.75), 'u': (0.0, 0.0, 1.0), 'y': (0.0, 1.0, 1.0),
    'ʏ': (0.15, 0.8, 0.8), 'ø': (0.33, 1.0, 0.85), 'œ': (0.55, 0.9, 0.65), 'ɯ': (0.05, 0.0, 0), 'ɨ': (0.08, 0.5, 0), 'ʉ': (0.05, 0.5, 0.85),
    'ɤ': (0.35, 0.0, 0), 'ɵ': (0.35, 0.5, 0.75), 'ɘ': (0.35, 0.5, 0),
}
SAME_VOWEL = {'ɝ': 'ɚ', 'ᵻ': 'ɪ', 'ɞ': 'ɜ', 'ɶ': 'œ', 'ε': 'ɛ', 'ɩ': 'ɪ'}

CONSONANTS = {
    # letters: group, targets, dominance, each by BLENDED
    'pbmɓɸβʙ': ('bilabial', (0.08, 0.0, 0.05, 0.0, 0.05, 0.0, 0.0), (0.7, 1.2, 0.12, 0.12, 0.15, 0.5, 0.2)),
    'fvʋɱⱱ': ('labiodental', (0.10, 0.12, 0.0, 0.0, 0.10, 0.45, 0.0), (0.8, 1.2, 0.3, 0.3, 0.2, 1.0, 0.2)),
    'θð': ('dental', (0.18, 0.28, 0.0, 0.0, 0.15, 0.3, 0.9), (0.7, 0.8, 0.2, 0.2, 0.2, 0.5, 1.2)),
    'tdɾɗʈɖ': ('alveolar', (0.14, 0.26, 0.0, 0.0, 0.15, 0.3, 0.6), (0.6, 0.6, 0.08, 0.08, 0.1, 0.4, 1.0)),
    'nɳɲɟc': ('nasal', (0.15, 0.27, 0.0, 0.0, 0.15, 0.28, 0.5), (0.55, 0.55, 0.08, 0.08, 0.1, 0.4, 0.9)),
    'szʂʐɬ': ('sibilant', (0.07, 0.22, 0.0, 0.0, 0.3, 0.45, 0.4), (1.1, 0.9, 0.2, 0.2, 0.35, 0.8, 1.0)),
    'ʃʒɕʑɧ': ('postalveolar', (0.12, 0.3, 0.5, 0.65, 0.0, 0.5, 0.3), (1.0, 0.9, 0.75, 0.9, 0.3, 0.9, 0.8)),
    'kgɡŋɣxqɢɴχʁɰɠ': ('velar', (0.22, 0.32, 0.0, 0.0, 0.05, 0.2, 0.1), (0.35, 0.35, 0.05, 0.05, 0.05, 0.2, 0.6)),
    'hɦʔħʕʡ?': ('glottal', (0.3, 0.35, 0.0, 0.0, 0.05, 0.2, 0.1), (0.1, 0.1, 0.03, 0.03, 0.03, 0.1, 0.1)),
    'lɫʎɭʟɺ': ('lateral', (0.25, 0.36, 0.0, 0.0, 0.1, 0.25, 0.8), (0.45, 0.4, 0.08, 0.08, 0.1, 0.3, 1.0)),
    'r': ('trill', (0.2, 0.3, 0.05, 0.05, 0.1, 0.3, 0.4), (0.5, 0.5, 0.1, 0.1, 0.1, 0.3, 0.8)),
    'ɹɻɽʀ': ('rhotic', (0.2, 0.28, 0.35, 0.35, 0.0, 0.25, 0.3), (0.5, 0.5, 0.4, 0.4, 0.1, 0.3, 0.6)),
    'wʍɥ': ('labial glide', (0.14, 0.12, 0.95, 0.45, 0.0, 0.1, 0.1), (0.9, 1.1, 1.1, 0.9, 0.3, 0.5, 0.3)),
    'jçʝ': ('palatal glide', (0.15, 0.26, 0.0, 0.0, 0.55, 0.3, 0.3), (0.6, 0.6, 0.2, 0.2, 0.6, 0.4, 0.5)),
}

SILENCE = Viseme('silence', 'silence', (0.0, 0.02, 0.03, 0.0, 0.03, 0.0, 0.0), (1.2,) * 7)
VISEMES = {letter: vowel(*place) for letter, place in VOWELS.items()}
VISEMES.update({letter: VISEMES[same] for letter, same in SAME_VOWEL.items()})
for letters, (group, targets, dominance) in CONSONANTS.items():
    VISEMES.update({letter: Viseme('consonant', group, targets, dominance) for letter in letters})

GROUPS = ('silence', 'open', 'mid', 'close', 'rounded') + tuple(group for group, _, _ in CONSONANTS.values())
VOICELESS = set('ptkqcʈfθsʃʂɕçxχhħʍ_')


def visemes_of(phone):
    """Returns the one or two visemes of an IPA phone: a diphthong or an affricate has two."""
    if phone == '_':
        return [SILENCE]
    found = [VISEMES[letter] for letter in phone if letter in VISEMES]
    return found[:2] or [SILENCE]
