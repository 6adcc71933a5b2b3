import { keyOut, readColour, type Colour } from './chroma-key.ts';
import { WhepPlayer } from '../client/whep-player.ts';
import { ViewFrame } from './view-frame.ts';

/**
 * The picture of one session and nothing else: `/view/ID#token=…`, for OBS, kiosks and frames. `?background=transparent`
 * leaves the session's background colour out, `?background=RRGGBB` is the colour around the picture, `?fit=cover` fills the
 * page, `?muted=1` is silent.
 */
const video = document.querySelector('video');
const canvas = document.querySelector('canvas');
if (video === null || canvas === null) throw new Error('The page lacks its parts');

const query = new URLSearchParams(location.search);
const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? query.get('token') ?? '';
const name = location.pathname.split('/').at(-1) ?? '';
const key = query.get('background') === 'transparent' ? readColour(query.get('key')) : undefined;
const around = readColour(query.get('background'));
if (around !== undefined) document.body.style.background = `rgb(${around.join(' ')})`;
const fit = (wanted: string | null): void => {
  for (const element of [video, canvas]) element.classList.toggle('cover', wanted === 'cover');
};
fit(query.get('fit'));
video.muted = query.get('muted') === '1';
if (key !== undefined) {
  // Hidden, a video would not be decoded.
  video.style.opacity = '0';
  video.style.position = 'absolute';
  canvas.hidden = false;
  draw(video, canvas, key);
}

const frame = new ViewFrame(video, fit);
new WhepPlayer(`/whep/${name}`, token, {
  onStream: (stream) => {
    video.srcObject = stream;
    void play(video);
  },
  onState: (state) => {
    document.body.dataset['state'] = state;
    frame.state = state;
    if (state !== 'live') video.srcObject = null;
  },
});

/** Browsers play sound only where somebody has touched the page; OBS and kiosks need no touch. */
async function play(player: HTMLVideoElement): Promise<void> {
  try {
    await player.play();
  } catch (thrown) {
    if (!(thrown instanceof DOMException) || thrown.name !== 'NotAllowedError') return;
    player.muted = true;
    await player.play().catch(() => undefined);
    addEventListener(
      'pointerdown',
      () => {
        player.muted = false;
      },
      { once: true },
    );
  }
}

function draw(from: HTMLVideoElement, to: HTMLCanvasElement, colour: Colour): void {
  const paper = to.getContext('2d', { willReadFrequently: true });
  const next = (): void => {
    if (paper !== null && from.videoWidth > 2) {
      [to.width, to.height] = [from.videoWidth, from.videoHeight];
      paper.drawImage(from, 0, 0);
      const picture = paper.getImageData(0, 0, to.width, to.height);
      keyOut(picture.data, colour);
      paper.putImageData(picture, 0, 0);
    }
    from.requestVideoFrameCallback(next);
  };
  from.requestVideoFrameCallback(next);
}
