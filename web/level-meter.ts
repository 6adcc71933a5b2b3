/** Watches how loud a stream is. */
export class LevelMeter {
  readonly #context: AudioContext;
  readonly #source: MediaStreamAudioSourceNode;
  #frame = 0;

  /** @param onLevel - hears 0..1 for each picture of the screen; speech at arm's length is about 0.5. */
  constructor(stream: MediaStream, onLevel: (level: number) => void) {
    this.#context = new AudioContext();
    this.#source = this.#context.createMediaStreamSource(stream);
    const analyser = new AnalyserNode(this.#context, { fftSize: 1024, smoothingTimeConstant: 0 });
    this.#source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let shown = 0;
    const look = (): void => {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      // -60 dB is silence and -10 dB is loud; the bar rises at once and falls slowly, as meters do.
      const level = Math.min(1, Math.max(0, (10 * Math.log10(power + 1e-9) + 60) / 50));
      shown = Math.max(level, shown * 0.9);
      onLevel(shown);
      this.#frame = requestAnimationFrame(look);
    };
    this.#frame = requestAnimationFrame(look);
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    this.#source.disconnect();
    void this.#context.close();
  }
}
