"""The voices that training may use: speech synthesis in Debian main that tells its phone times.

Left out for their licence: mbrola voices, rab, don, ellpc. Left out for their times: kal16 (labels 106 ms long).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Voice:
    engine: str
    name: str
    language: str
    share: float  # of the hours asked for, relative
    held_out: bool = False
    human: bool = True  # built from recordings of a person


FLITE = (
    Voice('flite', 'slt', 'en', 9),
    Voice('flite', 'rms', 'en', 9),
    Voice('flite', 'awb', 'en', 3, held_out=True),
)

FESTIVAL = (
    Voice('festival', 'ked_diphone', 'en', 6),
    Voice('festival', 'kal_diphone', 'en', 5),
    Voice('festival', 'cmu_us_slt_arctic_hts', 'en', 5),
    Voice('festival', 'czech_machac', 'cs', 6),
    Voice('festival', 'czech_ph', 'cs', 5),
    Voice('festival', 'czech_krb', 'cs', 5),
    Voice('festival', 'czech_dita', 'cs', 3, held_out=True),
    Voice('festival', 'hy_fi_mv_diphone', 'fi', 5),
    Voice('festival', 'suo_fi_lj_diphone', 'fi', 6),
    Voice('festival', 'msu_ru_nsh_clunits', 'ru', 6),
    Voice('festival', 'upc_ca_ona_hts', 'ca', 6),
    Voice('festival', 'hindi_NSK_diphone', 'hi', 4),
    Voice('festival', 'marathi_NSK_diphone', 'mr', 4),
    Voice('festival', 'lp_diphone', 'it', 3, held_out=True),
    Voice('festival', 'pc_diphone', 'it', 3, held_out=True),
    Voice('festival', 'telugu_NSK_diphone', 'te', 3, held_out=True),
)

ESPEAK_TRAINED = (
    'en-us', 'en+f1', 'de+f2', 'es+f3', 'fr+f5', 'pl+m1', 'ru+m3', 'pt+m5', 'sv+m7', 'cs+klatt2', 'fi+Alex', 'nl+Annie',
    'ro+Andy', 'da+belinda', 'et+david', 'ca+ed', 'hi+adam', 'id+steph', 'uk+victor', 'bg+paul', 'eu+norbert', 'sq+anika',
    'lt+Denis', 'hr+Hugo', 'en-us+michel', 'de+sandro', 'fr+aunty', 'es+boris', 'el+caleb', 'sw+f1', 'nb+m1', 'sk+f2',
    'en-gb-scotland', 'en-gb-x-rp+f2', 'en-gb-x-gbclan+m3', 'en-gb-x-gbcwmd', 'en-029+f4', 'en-us-nyc+m1',
    'en-us+klatt', 'de+klatt3', 'fr+klatt5', 'sv+f4', 'is+m6', 'cy+linda', 'lv+m4', 'sl+klatt2', 'af+m8', 'eo+shelby',
)
ESPEAK_HELD_OUT = ('hu+f4', 'tr+m2', 'en-us+klatt4')


def espeak_language(name):
    return name.split('+')[0].split('-')[0]


ESPEAK = tuple(Voice('espeak', name, espeak_language(name), 0.8, human=False) for name in ESPEAK_TRAINED) + tuple(
    Voice('espeak', name, espeak_language(name), 2, held_out=True, human=False) for name in ESPEAK_HELD_OUT
)

VOICES = FLITE + FESTIVAL + ESPEAK

LICENCES = {
    'flite': 'flite voices slt, rms, awb: CMU ARCTIC, free for any use; package flite',
    'festival': 'Debian main packages festvox-*, each under the licence in its /usr/share/doc (BSD-like, GPL-2+ or LGPL)',
    'espeak': 'espeak-ng, GPL-3+; formant synthesis, no recordings',
    'recorded': 'recordings of people in the Debian packages tuxpaint-stamps-default (GPL-2, volunteers), klettres-data (GPL-2+, '
                'volunteers), asterisk-core-sounds-en-g722 (CC-BY-SA-3.0, Allison Smith), flight-of-the-amazon-queen (its own free '
                'licence, the cast of the game) and fillets-ng-data-cs and -nl (GPL-2, the casts of the game); of other sounds in '
                'tuxpaint-stamps-default, wesnoth-1.16-data and -music (GPL-2+), lincity-ng-data (GPL-2+), widelands-data (GPL-2+), '
                'megaglest-data (CC-BY-SA-3.0), hedgewars-data (GFDL-1.3), minetest-data (CC-BY-SA-3.0) and sonic-pi-samples (CC0)',
}
