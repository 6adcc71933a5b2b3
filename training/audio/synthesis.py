"""Speech with known phone times: text -> 16 kHz sound and segments `(start_s, end_s, ipa)`."""

import ctypes
import math
import os
import subprocess
import tempfile

import numpy as np
import soundfile
from scipy.signal import resample_poly

from training.audio.phones import CMU, SILENCES, festival as festival_phone
from training.motion.visemes import VISEMES

SAMPLE_RATE_HZ = 16000
FESTIVAL_ENCODINGS = {'cs': 'iso-8859-2', 'fi': 'latin1', 'ca': 'latin1', 'it': 'latin1'}
ESPEAK_STOP_LEAD_S = 0.04
"""espeak-ng reports a voiceless stop when its burst comes; its lips and tongue close that much earlier (measured)."""


def to_16k(sound, rate_hz):
    if rate_hz == SAMPLE_RATE_HZ:
        return sound.astype(np.float32)
    common = math.gcd(rate_hz, SAMPLE_RATE_HZ)
    return resample_poly(sound, SAMPLE_RATE_HZ // common, rate_hz // common).astype(np.float32)


def flite(voice, items):
    """items: (text, stretch, pitch_hz). Returns `(sound, segments)` for each that could be spoken."""
    spoken = []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'speech.wav')
        for text, stretch, pitch_hz in items:
            said = subprocess.run(
                ['flite', '-voice', voice, '-psdur', '--setf', f'duration_stretch={stretch}', '--setf', f'int_f0_target_mean={pitch_hz}',
                 '--setf', f'int_f0_target_stddev={0.13 * pitch_hz}', '-t', text, '-o', path],
                capture_output=True, text=True, check=True,
            ).stdout
            sound, rate_hz = soundfile.read(path, dtype='float32')
            segments, start_s = [], 0.0
            for mark in said.split():
                phone, end_s = mark.rsplit(':', 1)
                segments.append((start_s, float(end_s), '_' if phone in SILENCES else CMU[phone]))
                start_s = float(end_s)
            spoken.append((to_16k(sound, rate_hz), segments))
    return spoken


SPEAK = '''
(define (speak text stretch path)
  (Parameter.set 'Duration_Stretch stretch)
  (let ((utterance (eval (list 'Utterance 'Text text))))
    (utt.synth utterance)
    (utt.save.wave utterance (string-append path ".wav"))
    (let ((file (fopen (string-append path ".phones") "w")))
      (mapcar
        (lambda (s) (format file "%s %s %s %s %s %s %s %s\\n" (item.feat s "end") (item.name s) FEATURES))
        (utt.relation.items utterance 'Segment))
      (fclose file))))
'''
FEATURES = ('ph_vc', 'ph_vheight', 'ph_vfront', 'ph_vrnd', 'ph_ctype', 'ph_cplace')


def festival(voice, language, items):
    """items: (text, stretch). One process speaks them all. Returns `(sound, segments)` for each that could be spoken."""
    # The Czech phone set has no such features, and asking for them ends the run.
    columns = ' '.join('"0"' if language == 'cs' else f'(item.feat s "{feature}")' for feature in FEATURES)
    spoken = []
    with tempfile.TemporaryDirectory() as folder:
        script = os.path.join(folder, 'speak.scm')
        with open(script, 'wb') as file:
            file.write(SPEAK.replace('FEATURES', columns).encode())
            for index, (text, stretch) in enumerate(items):
                said = text.replace('\\', ' ').replace('"', ' ').encode(FESTIVAL_ENCODINGS.get(language, 'utf8'), 'ignore')
                file.write(b'(unwind-protect (speak "' + said + b'" %g "%s/%d") nil)\n' % (stretch, folder.encode(), index))
        subprocess.run(['festival', '-b', f'(voice_{voice})', script], capture_output=True)
        for index in range(len(items)):
            try:
                sound, rate_hz = soundfile.read(f'{folder}/{index}.wav', dtype='float32')
                segments, start_s = [], 0.0
                with open(f'{folder}/{index}.phones', errors='replace') as file:
                    for line in file:
                        end, name, *features = line.split()
                        segments.append((start_s, float(end), festival_phone(language, name, *features)))
                        start_s = float(end)
            except (OSError, RuntimeError, ValueError):
                continue  # a text that this voice cannot say
            spoken.append((to_16k(sound, rate_hz), segments))
    return spoken


class EspeakEvent(ctypes.Structure):
    """`espeak_EVENT` of espeak-ng/speak_lib.h."""

    _fields_ = [
        ('type', ctypes.c_int), ('identifier', ctypes.c_uint), ('text_position', ctypes.c_int), ('length', ctypes.c_int),
        ('audio_position_ms', ctypes.c_int), ('sample', ctypes.c_int), ('user_data', ctypes.c_void_p), ('phone', ctypes.c_char * 8),
    ]


class Espeak:
    """espeak-ng through its library, which tells each phone as it is spoken. One per process."""

    SYNCHRONOUS, PHONE_EVENTS_IN_IPA, UTF8 = 2, 3, 1
    LIST_TERMINATED, WORD, PHONE = 0, 1, 7
    RATE, PITCH, RANGE = 1, 3, 4

    def __init__(self):
        self.library = ctypes.CDLL('libespeak-ng.so.1')
        self.rate_hz = self.library.espeak_Initialize(self.SYNCHRONOUS, 200, None, self.PHONE_EVENTS_IN_IPA)
        self.sound, self.marks, self.words = [], [], []
        signature = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(EspeakEvent))
        self.callback = signature(self.hear)
        self.library.espeak_SetSynthCallback(self.callback)

    def hear(self, samples, count, events):
        if samples and count > 0:
            self.sound.append(np.ctypeslib.as_array(samples, (count,)).copy())
        index = 0
        while events[index].type != self.LIST_TERMINATED:
            if events[index].type == self.WORD:
                self.words.append(len(self.marks))
            if events[index].type == self.PHONE:
                address = ctypes.addressof(events[index]) + EspeakEvent.phone.offset
                name = ctypes.string_at(address, 8).split(b'\0')[0].decode('utf8', 'ignore')
                self.marks.append((events[index].sample / self.rate_hz, name.strip() or '_'))
            index += 1
        return 0

    def speak(self, voice, items):
        """items: (text, words_per_minute, pitch 0..100, range 0..100). Returns `(sound, segments)` for each."""
        spoken = []
        if self.library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise ValueError(f'Cannot speak: espeak-ng has no voice "{voice}"')
        for text, rate, pitch, pitch_range in items:
            self.sound, self.marks, self.words = [], [], []
            for parameter, value in ((self.RATE, rate), (self.PITCH, pitch), (self.RANGE, pitch_range)):
                self.library.espeak_SetParameter(parameter, int(value), 0)
            encoded = text.encode() + b'\0'
            self.library.espeak_Synth(encoded, len(encoded), 0, 1, 0, self.UTF8, None, None)
            self.library.espeak_Synchronize()
            if not self.sound or not self.marks:
                continue
            sound = np.concatenate(self.sound).astype(np.float32) / 32768
            spoken.append((to_16k(sound, self.rate_hz), self.segments(len(sound) / self.rate_hz)))
        return spoken

    def phones(self, voice, text):
        """Returns the IPA phones of a text, with '_' between words, where a pause may be."""
        if not self.speak(voice, [(text, 160, 50, 50)]):
            return []
        found = []
        for index, (_, phone) in enumerate(self.marks):
            if index in self.words and found and found[-1] != '_':
                found.append('_')
            if any(letter in VISEMES for letter in phone):
                found.append(phone)
        return found

    def segments(self, duration_s):
        marks = sorted(self.marks, key=lambda mark: mark[0]) + [(duration_s, '_')]
        starts = [start_s for start_s, _ in marks]
        for index in range(1, len(marks) - 1):
            if marks[index][1][0] in 'ptkcqʈ' and starts[index] - starts[index - 1] > 0.05:
                starts[index] -= ESPEAK_STOP_LEAD_S
        found = [(0.0, starts[0], '_')] if starts[0] > 0 else []
        for index, (_, phone) in enumerate(marks[:-1]):
            if starts[index + 1] > starts[index]:
                found.append((starts[index], starts[index + 1], phone))
        return found
