import {
  MediaStream,
  MediaStreamTrack,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  RTCRtpHeaderExtensionParameters,
  RtcpPayloadSpecificFeedback,
  RtcpSrPacket,
  RtpHeader,
  RtpPacket,
  PictureLossIndication,
  useAbsSendTime,
  useSdesMid,
  type RTCDataChannel,
  type RtcpPacket,
} from 'werift';
import { seededRandom } from '../../../src/base/random.ts';
import { sayGoodbye } from '../../../src/peer/rtc/goodbye.ts';

export interface LinkOptions {
  /** Of packets lost each way, 0..1. */
  readonly loss: number;
  /** Packets wait up to this long, and may overtake each other. */
  readonly jitterMs?: number;
  readonly seed?: number;
}

export interface PageOptions {
  /** Pairs of video and audio sections. */
  readonly slots?: number;
  readonly audio?: boolean;
  readonly data?: boolean;
  readonly link?: LinkOptions;
}

/** A page without a browser: offers like one, sends Opus, collects what comes. */
export class Page {
  readonly peer: RTCPeerConnection;
  readonly video: RtpPacket[][] = [];
  readonly audio: RtpPacket[][] = [];
  /** When each video packet of slot 0 came. */
  readonly videoAtMs: number[] = [];
  readonly reports: RtcpSrPacket[] = [];
  readonly messages: unknown[] = [];
  readonly control: RTCDataChannel | undefined;
  readonly #microphone = new MediaStreamTrack({ kind: 'audio' });
  #sequence = 100;

  constructor({ slots = 1, audio = true, data = true }: PageOptions = {}) {
    const feedback = (type: string, parameter?: string) => ({ type, ...(parameter ? { parameter } : {}) });
    this.peer = new RTCPeerConnection({
      iceServers: [],
      iceUseIpv6: false,
      bundlePolicy: 'max-bundle',
      iceInterfaceAddresses: { udp4: '127.0.0.1' },
      iceAdditionalHostAddresses: ['127.0.0.1'],
      codecs: {
        audio: [new RTCRtpCodecParameters({ mimeType: 'audio/opus', clockRate: 48000, channels: 2 })],
        video: [
          new RTCRtpCodecParameters({
            mimeType: 'video/VP8',
            clockRate: 90000,
            rtcpFeedback: [feedback('nack'), feedback('nack', 'pli'), feedback('ccm', 'fir'), feedback('goog-remb')],
          }),
          new RTCRtpCodecParameters({ mimeType: 'video/rtx', clockRate: 90000 }),
        ],
      },
      headerExtensions: {
        audio: [useSdesMid(), useAbsSendTime()],
        video: [
          useSdesMid(),
          useAbsSendTime(),
          new RTCRtpHeaderExtensionParameters({
            uri: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time',
          }),
        ],
      },
    });
    for (let slot = 0; slot < slots; slot++) {
      const stream = new MediaStream({ id: `page-${slot}` });
      if (audio && slot === 0) {
        stream.addTrack(this.#microphone);
        this.peer.addTransceiver(this.#microphone, { direction: 'sendrecv', streams: [stream] });
      } else if (audio) this.peer.addTransceiver('audio', { direction: 'recvonly' });
      this.peer.addTransceiver('video', { direction: 'recvonly' });
    }
    this.peer.getTransceivers().forEach((transceiver) => {
      const list = transceiver.kind === 'video' ? this.video : this.audio;
      const packets: RtpPacket[] = [];
      list.push(packets);
      const isFirst = list.length === 1 && transceiver.kind === 'video';
      transceiver.onTrack.subscribe((track) => {
        track.onReceiveRtp.subscribe((packet) => {
          packets.push(packet);
          if (isFirst) this.videoAtMs.push(performance.now());
        });
      });
    });
    if (data) {
      this.control = this.peer.createDataChannel('visavis');
      this.control.onMessage.subscribe((bytes) => this.messages.push(JSON.parse(bytes.toString())));
    }
  }

  async offer(): Promise<string> {
    await this.peer.setLocalDescription(await this.peer.createOffer());
    for (const transport of this.peer.iceTransports)
      (transport.connection as { stunServer?: unknown }).stunServer = undefined;
    return this.peer.localDescription?.sdp ?? '';
  }

  async accept(answerSdp: string, link?: LinkOptions): Promise<void> {
    if (link !== undefined) this.#disturb(link);
    const connected = this.connected();
    await this.peer.setRemoteDescription({ type: 'answer', sdp: answerSdp });
    await connected;
    this.peer.dtlsTransports[0]?.onRtcp.subscribe((packet: RtcpPacket) => {
      if (packet instanceof RtcpSrPacket) this.reports.push(packet);
    });
  }

  /** Offers again from new ports and credentials; @param answer - is asked for the answer. */
  async restart(answer: (offerSdp: string) => Promise<string>): Promise<void> {
    this.peer.restartIce();
    const sdp = await answer(await this.offer());
    await this.peer.setRemoteDescription({ type: 'answer', sdp });
    // The library forgets to check after a restart; a browser does not.
    await this.peer.iceTransports[0]?.start();
  }

  connected(): Promise<void> {
    const transport = this.peer.dtlsTransports[0];
    if (transport === undefined) throw new Error('no transport');
    return new Promise((resolve, reject) => {
      transport.onStateChange.subscribe((state) => {
        if (state === 'connected') resolve();
        if (state === 'failed') reject(new Error('DTLS failed'));
      });
    });
  }

  /** One microphone packet. @param ticks - 48 kHz. */
  speak(data: Uint8Array, ticks: number, ssrc?: number): void {
    const sender = this.peer.getTransceivers().find(({ kind }) => kind === 'audio')?.sender;
    if (sender === undefined) return;
    const header = new RtpHeader({ sequenceNumber: this.#sequence++ & 0xffff, timestamp: ticks >>> 0 });
    header.extensions = [];
    if (ssrc === undefined) {
      void sender.sendRtp(new RtpPacket(header, Buffer.from(data)));
      return;
    }
    header.ssrc = ssrc;
    header.payloadType = sender.codec?.payloadType ?? 0;
    void this.peer.dtlsTransports[0]?.sendRtp(Buffer.from(data), header);
  }

  /** As Chromium does: with the SSRC of its microphone as the sender of the feedback. */
  requestKeyframe(slot = 0): void {
    const mediaSsrc = this.video[slot]?.at(-1)?.header.ssrc ?? 0;
    const senderSsrc = this.peer.getTransceivers().find(({ kind }) => kind === 'audio')?.sender.ssrc ?? 1;
    const packet = new RtcpPayloadSpecificFeedback({
      feedback: new PictureLossIndication({ senderSsrc, mediaSsrc }),
    });
    void this.peer.dtlsTransports[0]?.sendRtcp([packet]);
  }

  /** Gone without a word, as when the network is cut. */
  vanish(): void {
    const connection = this.peer.iceTransports[0]?.connection;
    if (connection === undefined) return;
    Object.assign(connection, { send: async () => undefined });
  }

  /** Sees every datagram that comes, and loses those for which @param passes - says so. */
  inspect(passes: (datagram: Buffer) => boolean): void {
    const connection = this.peer.iceTransports[0]?.connection;
    if (connection === undefined) return;
    const execute = connection.onData.execute.bind(connection.onData);
    connection.onData.execute = (data: Buffer) => {
      if (passes(data)) execute(data);
    };
  }

  /** Closes as browsers do: with a word. */
  async close(): Promise<void> {
    for (const transport of this.peer.dtlsTransports) await sayGoodbye(transport);
    await this.peer.close();
  }

  #disturb({ loss, jitterMs = 0, seed = 1 }: LinkOptions): void {
    const random = seededRandom(seed);
    const connection = this.peer.iceTransports[0]?.connection;
    if (connection === undefined) return;
    const later = (action: () => void): void => {
      if (random.uniform() < loss) return;
      const delayMs = random.uniform() * jitterMs;
      if (delayMs < 1) action();
      else setTimeout(action, delayMs);
    };
    // Only media: a lost handshake is the library's business and would make every test slow.
    const isMedia = (data: Buffer): boolean => data.length > 12 && data[0]! >= 128 && data[0]! < 192;
    const send = connection.send.bind(connection);
    connection.send = async (data: Buffer) => {
      if (!isMedia(data)) return send(data);
      later(() => void send(data));
    };
    const execute = connection.onData.execute.bind(connection.onData);
    connection.onData.execute = (data: Buffer) => {
      if (!isMedia(data)) execute(data);
      else
        later(() => {
          execute(data);
        });
    };
  }
}

export async function until(condition: () => boolean, withinMs = 20_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`waited ${withinMs} ms for ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
