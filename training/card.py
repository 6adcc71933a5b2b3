"""The model card, from the figures that were measured."""

from training.audio.recorded import ENGINE, LANGUAGES, LETTERS_LANGUAGES
from training.audio.voices import LICENCES, VOICES

ROWS = (
    # what, goal, path into the figures
    ('held-out voices and languages, clean: aperture / pucker r', '0.92 / 0.85', (('clean', 'aperture_r'), ('clean', 'pucker_r'))),
    ('the same with noise, rooms, Opus', '0.85 / 0.75', (('degraded', 'aperture_r'), ('degraded', 'pucker_r'))),
    ('closure at p b m, clean / degraded, at under 2 % false closures', '0.95 / 0.85', (('clean', 'closure_recall'), ('degraded', 'closure_recall'))),
    ('closed mouth in silence / noise / music, share of frames', '0.99 / 0.97 / 0.90',
     (('closed_mouth', 'silence'), ('closed_mouth', 'noise'), ('closed_mouth', 'music'))),
    ('closed mouth in recorded music that training never heard', '-', (('closed_mouth', 'pieces'),)),
    ('vowels held for seconds: open frames, share / aperture r', '-', (('held', 'open'), ('held', 'aperture_r'))),
    ('lag of lips against the teacher, ms, clean / degraded', 'within 20', (('clean', 'lag_ms'), ('degraded', 'lag_ms'))),
    ('pose variation / head jerk against the teacher', '0.9-1.1 / under 1.1', (('life', 'pose_variation'), ('life', 'head_jerk'))),
    ('blinks a second (teacher)', '0.25-0.4', (('life', 'blinks_per_s'), ('life', 'teacher_blinks_per_s'))),
    ('gaze / distance / emotion asked against given, r', '0.98 each',
     (('controls', 'gaze_r'), ('controls', 'distance_r'), ('controls', 'emotion_r'))),
    ('closure when neutral / with the strongest feeling', 'no effect',
     (('controls', 'neutral_closure_recall'), ('controls', 'strong_feeling_closure_recall'))),
    ('mouth / head difference between two seeds, of the teacher\'s spread', '-',
     (('life', 'mouth_difference_between_seeds'), ('life', 'head_difference_between_seeds'))),
    ('spread of the head in minute 1 / minute 10, degrees', 'no drift', (('drift', 'head_std_first_minute_deg'), ('drift', 'head_std_last_minute_deg'))),
)
PARTS = ('clean_held_out_voice', 'clean_held_out_language', 'degraded_held_out_voice', 'degraded_held_out_language')

ABLATION = """The encoder trained from nothing for {steps} steps (`training/ablation.py`), each row with one thing changed: far below the
bundle, but comparable with one another. `recorded` are the English recordings below. Look-ahead pays up to 80 ms; 120 ms give no
more so soon. Voices matter most: formants alone, or four voices, cost as much as hearing nothing ahead in recordings of people.
The memory of the voice helps everywhere. Depth and width show little in so short a run. Scenes without noise and rooms are learnt
sooner, and followed worse in recordings of people and in noise; what training adds to scenes that are noisy already slows so short
a run down, and closes more lips in recordings. Steps and guidance are in the table of samplers above."""


def number(value):
    return f'{value:.0f}' if abs(value) >= 10 else f'{value:.2f}'


def measured_table(figures):
    lines = ['| what | goal | measured |', '|---|---|---|']
    for what, goal, paths in ROWS:
        if any(part not in figures for part, _ in paths):
            continue
        lines.append(f"| {what} | {goal} | {' / '.join(number(figures[part][name]) for part, name in paths)} |")
    return '\n'.join(lines)


def parts_table(figures):
    lines = ['| part | jaw r | aperture r | pucker r | closure recall | false closures |', '|---|---|---|---|---|---|']
    for part in (*PARTS, *(name for name in figures if name.startswith(('clean ', 'degraded ')))):
        row = figures[part]
        lines.append(f"| {part.replace('_', ' ')} | " + ' | '.join(
            number(row[name]) for name in ('jaw_r', 'aperture_r', 'pucker_r', 'closure_recall', 'false_closure')) + ' |')
    return '\n'.join(lines)


def recordings_section(figures):
    if 'recordings' not in figures:
        return ''
    columns = ('jaw', 'aperture', 'pucker', 'closure_recall', 'false_closure', 'aligned_aperture', 'aligned_pucker')
    lines = ['### Real recordings', '', 'English speech of people that no part of training has heard, its phones found by forced alignment; the encoder',
             'against the teacher on those phones. The alignment has errors of its own (12 ms in the middle). The last two columns',
             'are the teacher on phone times found as for the recordings of the training (`training/align.py`), against the same.', '',
             '| recordings | jaw r | aperture r | pucker r | closure recall | false closures | own times: aperture r | pucker r |',
             '|---' * (len(columns) + 1) + '|']
    for name, row in figures['recordings'].items():
        lines.append(f"| {name} ({row['recordings']}) | " + ' | '.join(number(row[key]) for key in columns) + ' |')
    return '\n'.join(lines) + '\n\n'


def samplers_section(figures):
    if 'samplers' not in figures:
        return ''
    columns = ('aperture_r', 'pucker_r', 'closure_recall', 'pose_variation', 'head_jerk', 'blinks_per_s')
    lines = ['| sampler | ' + ' | '.join(column.replace('_', ' ') for column in columns) + ' |', '|---' * (len(columns) + 1) + '|']
    lines += [f"| {name} | " + ' | '.join(number(row[column]) for column in columns) + ' |' for name, row in figures['samplers'].items()]
    return '\n'.join(lines) + '\n\n'


def ablation_section(figures):
    if 'ablation' not in figures:
        return ''
    steps, runs = figures['ablation']['steps'], figures['ablation']['runs']
    columns = list(next(iter(runs.values())))
    lines = ['### What each choice is worth', '', ABLATION.format(steps=steps), '',
             '| encoder | ' + ' | '.join(column.replace('_', ' ') for column in columns) + ' |', '|---' * (len(columns) + 1) + '|']
    lines += [f"| {name} | " + ' | '.join(number(row[column]) for column in columns) + ' |' for name, row in runs.items()]
    return '\n'.join(lines) + '\n\n'


def encoder_table(figures):
    lines = ['| encoder alone | jaw r | aperture r | pucker r | closure recall | false closures |', '|---|---|---|---|---|---|']
    for part in ('clean', 'degraded'):
        row = figures['encoder'][part]
        lines.append(f'| {part} | ' + ' | '.join(
            number(row[key]) for key in ('jaw', 'aperture', 'pucker', 'closure_recall', 'false_closure')) + ' |')
    return '\n'.join(lines)


def voice_lines(held_out):
    lines = []
    for engine in [engine for engine in LICENCES if engine != ENGINE]:
        names = [f'{voice.name} ({voice.language})' for voice in VOICES if voice.engine == engine and voice.held_out == held_out]
        lines.append(f'- **{engine}**: {", ".join(names)}')
    return '\n'.join(lines)


def card(figures):
    """figures: what `training.run` measured. Returns Markdown."""
    made = figures['training']
    return f"""# visavis-motion-1

Sound in, face motion out: 47 ARKit coefficients and the head's pose at 50 frames a second, 80 ms behind the sound, in hops
of 40 ms. A causal convolution encoder hears log-mel frames; a diffusion transformer makes one token of motion a hop from
what it hears, from the motion before, and from what is asked (gaze, distance, emotion, liveliness). Apache-2.0.

## How it was made

No recording of a face went into it. Speech synthesis says sentences and tells when each phone comes; an encoder that learnt
from it finds the phones in people's recordings whose text is known; a teacher built from published findings on coarticulation,
blinks, gaze and head motion acts both; the networks learn to do the same from sound alone. `training/README.md` has the one
command.

- {made['hours']:.1f} hours of scenes in the last round, {made['voices']} voices, {made['languages']} languages; {100 * made['recorded_share']:.0f} % of the
  time people who were recorded, {100 * (made['human_share'] - made['recorded_share']):.0f} % voices built from recordings of people, the
  rest formants; as they are, and as children, whispering, singing, shouting, holding a sound; in rooms, noise, babble and music, through Opus at
  6-64 kbit/s and lost packets; and silence, noise and music with a closed mouth.
- Encoder: {made['encoder_steps']} steps, {made['encoder_minutes']:.0f} minutes. Transformer: {made['denoiser_steps']} steps,
  {made['denoiser_minutes']:.0f} minutes. Minutes of one processor core.

## Figures

On voices, languages and texts that training never met, against the teacher; {made['held_out_scenes']} scenes of 32 s; one sampling
step, float32. Another choice of scenes moves the figures by about 0.02, closure in noise by 0.08.

{measured_table(figures)}

{encoder_table(figures)}

{parts_table(figures)}

{samplers_section(figures)}{ablation_section(figures)}{recordings_section(figures)}Closure is counted where the gap between the lips (jawOpen less mouthClose, plus the lips' own lift) falls under
{figures['clean']['closure_gap']:.3f} within a frame of a p, b or m; false closures are counted in open vowels.

## Voices

Trained on:

{voice_lines(False)}
- **{ENGINE}**: volunteers who say what is on a picture in {', '.join(LANGUAGES)}; one speaker each who says letters and
  syllables in {', '.join(sorted({code.split('-')[0] for code in LETTERS_LANGUAGES.values()}))}; the telephone prompts of one speaker in en;
  the casts of two games, in en, and in cs and nl

Held out:

{voice_lines(True)}

{chr(10).join(f'- {text}' for text in LICENCES.values())}

Texts of the synthesis: Debian's fortune and word-list packages; for Hindi, Marathi and Telugu random syllables.

## Limits

- Short of the goals: real mouths on film; closure of voices with soft lips such as awb and of Italian ones in noise. Next: films to
  learn from, if some may be used; hops of 20 ms with 100 ms of look-ahead, which cost no delay, for the hundredth of rounding that they
  may give; the transformer on features of speech that the encoder has not heard.
- Against two filmed talkers (`visavis evaluate`): 3 s of one, r 0.65, lips 27 ms before the film; 33 s of mouth exercises, r 0.49,
  14 ms after it; loudness alone gets 0.67 and 0.34. The rounds before had 0.68 and 0.49, 0.70 and 0.47. The teacher itself, on the
  phones of the first film, gets 0.77; an articulograph's lips (one sentence) follow it with r 0.82. Smoothing the mouth moves neither
  film by more than 0.005; an opening that grows with its power of 1.4 gains 0.01 and 0.02 there and loses 0.08 on the articulograph.
- The lips open {100 * figures['clean']['aperture_size']:.0f} % as wide as the teacher's: where it is in doubt the model does less.
- Use one sampling step. More do not help: steps in between meet noise that is no longer the teacher's chance.
- Noise and music of the test come from the same generators as in training, with other seeds; the recorded effects among them
  (animals, tools, engines) training never heard. Many voices at once move the lips in 0.13 of the frames (0.22 the round before, on the
  same sounds), those effects one by one in 0.19 (0.24): some animals are much like speech.
- Smiles that pass come by the clock of the server, not by what is said.
- Glances are softer than the teacher's jumps. In speech without a pause it blinks 0.43 times a second (three seeds, a minute each).
- int8 weights move the features by 1 % and a hop's motion by 1 %.
- The teacher is rules. What people do beyond them, the model has not seen; its lips are those of a careful speaker.
- Trained on synthesis: real voices in noise, overlapping talkers and laughter are harder than the figures above say. Fifteen real
  laughs that it never heard part the lips in 0.91 of their loud frames.
- Emotion is asked for, not heard.
- Jaw and mouth to one side, and puffed cheeks, stay at rest.
- It makes a face speak any sound it is given. Get the consent of the person whose portrait it moves, and say that the
  picture is generated.
"""
