"""What a call does to sound."""

import struct
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy as np
import soundfile

from training.audio import noise, opus, others, queen, recorded, scene, vocoder
from training.audio.speech import Utterance
from training.features.mel import log_mel
from training.motion.mouth import loudness_of

TIMES = np.arange(32000) / 16000
SOUND = (0.3 * np.sin(2 * np.pi * 220 * TIMES) * (np.sin(2 * np.pi * 3 * TIMES) > -0.5)).astype(np.float32)


class AudioTest(unittest.TestCase):
    def test_a_call_keeps_the_length_and_the_place_of_sound(self):
        heard = opus.call(SOUND, 24)
        self.assertEqual(len(heard), len(SOUND))
        shifts = list(range(-40, 41))
        inner = slice(2000, 30000)
        scores = [np.corrcoef(SOUND[inner], heard[2000 + shift : 30000 + shift])[0, 1] for shift in shifts]
        self.assertLess(abs(shifts[int(np.argmax(scores))]), 16)  # a millisecond

    def test_a_lost_packet_is_concealed_not_cut_out(self):
        whole, patched = opus.call(SOUND, 24), opus.call(SOUND, 24, {20})
        lost = slice(20 * opus.PACKET + 200, 21 * opus.PACKET)
        self.assertGreater(np.abs(whole[lost] - patched[lost]).max(), 1e-3)
        self.assertGreater(np.sqrt(np.mean(patched[lost] ** 2)), 0.3 * np.sqrt(np.mean(whole[lost] ** 2)))

    def test_loudness_is_the_envelope_around_each_frame(self):
        loud = loudness_of(np.concatenate([np.zeros(16000), np.ones(16000)]), 100)
        self.assertEqual(len(loud), 100)
        self.assertLess(loud[:46].max(), 0.01)
        np.testing.assert_allclose(loud[53:97], 1, atol=0.02)

    def test_the_room_of_a_recording_goes_on_in_the_pauses(self):
        chance = np.random.default_rng(5)
        room = (0.01 * np.convolve(chance.normal(size=32000), np.ones(8) / np.sqrt(8), 'same')).astype(np.float32)
        marks = ((0.0, 0.5, '_'), (0.5, 1.5, 'a'), (1.5, 2.0, '_'))
        voice = np.where((TIMES > 0.5) & (TIMES < 1.5), SOUND, 0) + room
        utterance = Utterance((32767 * voice).astype(np.int16), marks, 'recorded:en', 'en', True)
        sound, segments, loudness = scene.talk([utterance], chance, 'spoken')
        self.assertEqual(len(sound), scene.SCENE_S * 16000)
        self.assertEqual(len(loudness), scene.SCENE_S * 50)
        for start_s, end_s, phone in segments:
            heard = sound[int(start_s * 16000) : int(end_s * 16000)]
            if phone == '_' and len(heard) > 1600:
                self.assertLess(abs(np.log(np.std(heard) / np.std(room) / 0.8)), 0.4)  # spoken at 0.6 to 1 of its level
                self.assertLess(np.diff(log_mel(heard).mean(0)[[5, -5]])[0], -0.5)  # darker than white

    def test_a_held_sound_lasts_longer_and_what_comes_after_it_comes_later(self):
        chance, marks = np.random.default_rng(2), [(0.0, 0.5, '_'), (0.5, 1.0, 'a'), (1.0, 1.2, 's'), (1.2, 2.0, '_')]
        noise_s = np.where((TIMES > 1.0) & (TIMES < 1.2), 0.1 * chance.normal(size=32000), 0)
        voice = np.where((TIMES > 0.5) & (TIMES < 1.0), 0.3 * np.sin(2 * np.pi * 220 * TIMES), noise_s)
        [hold] = vocoder.holds(marks, chance)
        self.assertEqual(hold[:2], (0.625, 0.875))
        sound, later = vocoder.revoice(voice, marks, chance, lambda samples: np.full(samples, 120.0), held=[(0.625, 0.875, 3.0)])
        np.testing.assert_allclose([mark[0] for mark in later], [0, 0.5, 4.0, 4.2], atol=0.01)
        self.assertAlmostEqual(len(sound) / 16000, 5, delta=0.02)
        loud = loudness_of(sound, 250)
        self.assertGreater(loud[50:150].min(), 0.5)
        self.assertLess(loud[230:].max(), 0.1)

    def test_where_nobody_was_silent_the_pauses_are(self):
        self.assertEqual(noise.hush_of(SOUND, [(0.0, 2.0, 'a')]).max(), 0)
        self.assertEqual(np.abs(noise.hush(np.random.default_rng(1), np.zeros(257), 1600)).max(), 0)

    def test_what_is_heard_beside_the_speaker_is_sound_of_one_level(self):
        others = scene.Others([(32767 * SOUND).astype(np.int16)], [SOUND], [SOUND])
        for kind in (*scene.BESIDE_SPEECH, 'strums'):
            with self.subTest(kind):
                heard, chosen = scene.surroundings(np.random.default_rng(3), 48000, others, {kind: 1.0})
                self.assertEqual((len(heard), chosen), (48000, kind))
                self.assertTrue(np.isfinite(heard).all())
                self.assertAlmostEqual(float(np.sqrt(np.mean(heard**2))), 1, places=3)

    def test_without_recorded_effects_others_take_their_place(self):
        others = scene.Others([(32767 * SOUND).astype(np.int16)], [], [])
        kinds = {scene.surroundings(np.random.default_rng(seed), 1600, others, scene.WITHOUT_SPEECH)[1] for seed in range(40)}
        self.assertNotIn('effects', kinds)
        self.assertGreater(len(kinds), 4)

    def test_animals_and_tools_are_heard_at_three_speeds_and_nobody_who_speaks(self):
        with tempfile.TemporaryDirectory() as folder:
            stamps, sounds, glest = (Path(folder, name) for name in ('stamps', 'sounds', 'glest'))
            for place in (stamps / 'animals', sounds / 'voices', glest):
                place.mkdir(parents=True)
            for at, path in enumerate([*(stamps / 'animals' / f'{n}.ogg' for n in range(6)), sounds / 'axe.wav', sounds / 'voices' / 'hello.wav',
                                       sounds / 'orc.wav', glest / 'cow_ack1.wav', glest / 'archer_ack1.wav']):
                soundfile.write(path, SOUND[: 16000 + 160 * at], 16000)
            found = mock.patch.multiple(others, STAMPS=stamps, FOLDERS=(str(sounds),), MEGAGLEST=glest)
            with found:
                heard, held_out = others.effects(False), others.effects(True)
        at = lambda number: [round((16000 + 160 * number) / speed) for speed in others.SPEEDS]
        self.assertEqual([len(sound) for sound in held_out], [16000, 16800])  # the first and the sixth of the animals
        wanted = [length for number in (1, 2, 3, 4, 6, 9) for length in at(number)]  # and the axe, and the cow
        np.testing.assert_allclose([len(sound) for sound in heard], wanted, atol=1)

    def test_a_line_of_the_fish_is_found_by_who_says_it(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(recorded, 'FILLETS', Path(folder)):
            script, spoken = Path(folder, 'script', 'ship'), Path(folder, 'sound', 'ship', 'cs')
            for place in (script, spoken):
                place.mkdir(parents=True)
            for name in ('a-m-wreck', 'a-v-wreck', 'a-x-parrot', 'a-m-year'):
                (spoken / f'{name}.ogg').touch()
            said = [('a-m-wreck', 'Co je to?'), ('a-v-wreck', 'To je [vrak].'), ('a-x-parrot', 'Ahoj!'), ('a-m-year', 'Rok 1995.'), ('a-m-mute', 'Nic.')]
            (script / 'dialogs_cs.lua').write_text('\n\n'.join(
                f'dialogId("{name}", "font_small", "In English.")\ndialogStr("{text}")' for name, text in said))
            found = {speaker: [line.text for line in recorded.fillets('cs', speaker)] for speaker in recorded.FILLETS_SPEAKERS}
        self.assertEqual(found, {'small': ['Co je to?'], 'big': ['To je  vrak .'], 'others': ['Ahoj!']})

    def test_a_dialogue_names_the_file_of_each_piece_that_is_said(self):
        said = b''
        for number, text in ((6, b'Why are you here?*15'), (0xBD, b'No reason.'), (6, b'Hm.*00Who asks?*WT')):
            said += struct.pack('>2xHB', number, len(text)) + text
            said += bytes(-len(said) % 4)
        dialogue = bytes(20) + struct.pack('>5h', -1, 7, 5, 2, 1) + bytes(22 + 96) + said
        found = {name: text for name, text in queen.texts_of(dialogue) if text}
        self.assertEqual(found, {'050006J1.SB': 'Why are you here?', '0500BDJ1.SB': 'No reason.', '050006P1.SB': 'Hm.', '050006P2.SB': 'Who asks?'})
        table = b'QTBL' + bytes(9) + struct.pack('>H', 1) + struct.pack('>12sBII', b'A.DOG', 1, 36, len(dialogue))
        self.assertEqual(queen.files_of(table + dialogue), {'A.DOG': dialogue})


if __name__ == '__main__':
    unittest.main()
