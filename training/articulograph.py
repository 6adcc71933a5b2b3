"""How well the teacher's lips and jaw follow real ones, filmed by an articulograph, and by how much they come early or late.

    python3 -m training.articulograph recording.mat ...

Recordings in the format of Haskins' rate comparison database: channels AUDIO (with PHONES), UL, LL and JAW (sensors on the lips
and the lower teeth, millimetres, x forward and z up, 100 Hz).
"""

import sys
from pathlib import Path

import numpy as np
from scipy.io import loadmat

from training.audio.phones import CMU
from training.audio.synthesis import to_16k
from training.measure import COLUMN, correlation
from training.motion.mouth import FRAMES_PER_SECOND, articulate, loudness_of

SENSOR_RATE_HZ = 100
LEADS_MS = range(-60, 61, 10)
AROUND_S = 0.1  # of silence that counts, before and after the sentence


def movement_of(path):
    """Returns the teacher's and the sensors' movement, and which frames count: name -> ([frames], lead_s -> [frames]), [frames]."""
    recording = next(value for name, value in loadmat(path, squeeze_me=True, struct_as_record=False).items() if name[0] != '_')
    channels = {channel.NAME: channel for channel in recording}
    audio = channels['AUDIO']
    phone = lambda label: '_' if label.lower() in ('', 'sp', 'sil') else CMU[label.lower().rstrip('012')]
    segments = [(mark.OFFS[0], mark.OFFS[1], phone(mark.LABEL)) for mark in audio.PHONES]
    sound = to_16k(audio.SIGNAL.astype(np.float32) / np.abs(audio.SIGNAL).max(), audio.SRATE)
    frames = len(sound) * FRAMES_PER_SECOND // 16000
    taught = articulate(segments, frames, loudness_of(sound, frames)).parameters
    times = (np.arange(frames) + 1) / FRAMES_PER_SECOND
    upper, lower, jaw = (channels[name].SIGNAL[:, :3] for name in ('UL', 'LL', 'JAW'))
    seen = {'aperture': np.linalg.norm(upper - lower, axis=1), 'jaw': -jaw[:, 2], 'pucker': upper[:, 0] + lower[:, 0]}
    at = lambda signal: lambda lead_s: np.interp(times - lead_s, np.arange(len(signal)) / SENSOR_RATE_HZ, signal)
    spoken = [segment for segment in segments if segment[2] != '_']
    counts = (times > spoken[0][0] - AROUND_S) & (times < spoken[-1][1] + AROUND_S)
    return {name: (taught[:, COLUMN[name]], at(signal)) for name, signal in seen.items()}, counts


def main():
    for path in map(Path, sys.argv[1:]):
        movement, counts = movement_of(path)
        print(path.name, '- r of teacher and sensors, by how many ms the sensors are moved later:')
        for name, (taught, seen) in movement.items():
            print(f'{name:9}', ' '.join(f'{lead:+d}: {correlation(taught[counts], seen(lead / 1000)[counts]):.2f}' for lead in LEADS_MS))


if __name__ == '__main__':
    main()
