"""Opus as a call has it: packets of 20 ms through libopus itself, which also conceals the packets that are lost."""

import ctypes
from functools import cache

import numpy as np

SAMPLE_RATE_HZ = 16000
PACKET = 320  # samples, 20 ms
LONGEST_PACKET_BYTES = 1500
VOIP = 2048
SET_BITRATE, SET_COMPLEXITY, GET_LOOKAHEAD = 4002, 4010, 4027


@cache
def library():
    found = ctypes.CDLL('libopus.so.0')
    found.opus_encoder_create.restype = found.opus_decoder_create.restype = ctypes.c_void_p
    return found


def call(sound, kbps, lost=frozenset()):
    """sound: [samples] float32 in -1..1; lost: indices of packets that never come. Returns what is heard, aligned with `sound`."""
    opus, failed = library(), ctypes.c_int()
    encoder = ctypes.c_void_p(opus.opus_encoder_create(SAMPLE_RATE_HZ, 1, VOIP, ctypes.byref(failed)))
    decoder = ctypes.c_void_p(opus.opus_decoder_create(SAMPLE_RATE_HZ, 1, ctypes.byref(failed)))
    try:
        for request, value in ((SET_BITRATE, kbps * 1000), (SET_COMPLEXITY, 5)):
            opus.opus_encoder_ctl(encoder, request, ctypes.c_int(value))
        delay = ctypes.c_int()
        opus.opus_encoder_ctl(encoder, GET_LOOKAHEAD, ctypes.byref(delay))
        packets = -(-(len(sound) + delay.value) // PACKET)
        samples = np.zeros(packets * PACKET, np.float32)
        samples[: len(sound)] = sound
        heard = np.zeros(packets * PACKET, np.float32)
        packet = ctypes.create_string_buffer(LONGEST_PACKET_BYTES)
        for index in range(packets):
            now, out = samples[index * PACKET :], heard[index * PACKET :]
            size = opus.opus_encode_float(encoder, ctypes.c_void_p(now.ctypes.data), PACKET, packet, LONGEST_PACKET_BYTES)
            if size < 0:
                raise ValueError(f'Cannot encode a packet: libopus says {size}')
            come = (None, 0) if index in lost else (packet, size)
            opus.opus_decode_float(decoder, *come, ctypes.c_void_p(out.ctypes.data), PACKET, 0)
        return heard[delay.value : delay.value + len(sound)]
    finally:
        opus.opus_encoder_destroy(encoder)
        opus.opus_decoder_destroy(decoder)
