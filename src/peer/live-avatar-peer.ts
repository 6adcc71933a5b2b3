import type { CandidateInit } from '../../protocol/signaling.ts';
import { AvatarError, messageOf } from '../base/errors.ts';
import { Scope } from '../base/lifecycle.ts';
import { OpusDecoderPool } from '../native/codec/opus-decoder-pool.ts';
import { SoundMixer } from '../native/codec/sound-mixer.ts';
import type { FaceDecoderOptions, RgbColour } from '../media/face-codec.ts';
import type { Renderer } from '../native/worker/render-pool.ts';
import type {
  AvatarPeer,
  AvatarPeerOptions,
  EntryRequest,
  JoinReply,
  JoinRequest,
  Participant,
  PeerEvent,
  PeerLoad,
  Sending,
  SendRequest,
  Watching,
  WatchRequest,
} from './avatar-peer.ts';
import { Member } from './member.ts';
import { NewcomerPace } from './newcomer-pace.ts';
import { PeerFigures } from './peer-figures.ts';
import { Room } from './room-hub.ts';
import { Connection, type ConnectionEvents, type IceCredentials } from './rtc/connection.ts';
import { NtpClock } from './rtc/ntp.ts';
import { readOffer } from './rtc/offer.ts';
import { warmUp } from './rtc/warm-up.ts';
import { Session, type SessionEvents } from './session.ts';
import { Spectator, type SpectatorOptions } from './spectator.ts';

const SIZE_PX = 512;
const FIRST_BITRATE_BPS = 1_000_000;
/** ICE over a relay takes seconds on a slow network, and a browser gives up after about fifteen. */
const CONNECT_WITHIN_MS = 15_000;
/** Hostile visitors stay only for seconds; a visitor who stays this long is in a call. */
const NEWCOMER_MS = 20_000;
const FIGURES_INTERVAL_MS = 2000;
const WARM_DECODERS = 4;
/** A connection costs up to 2 % of a core. */
const VIEWERS_PER_AVATAR = 50;

/** The avatar peer of this process. */
export class LiveAvatarPeer implements AvatarPeer {
  readonly #options: AvatarPeerOptions;
  readonly #decoders: OpusDecoderPool;
  readonly #ntp: NtpClock;
  readonly #figures: PeerFigures;
  readonly #rooms = new Map<string, Room>();
  readonly #members = new Map<string, Member>();
  readonly #counted = new Map<Member, Readonly<Record<string, number>>>();
  /** Those whose offer is being answered. */
  readonly #watchersComing = new WeakMap<Member, number>();
  readonly #scope = new Scope();
  readonly #pace = new NewcomerPace();
  /** Places that are taken by visitors whose portrait is still being read. */
  #arriving = 0;

  private constructor(options: AvatarPeerOptions, decoders: OpusDecoderPool) {
    this.#options = options;
    this.#decoders = this.#scope.own(decoders);
    this.#ntp = new NtpClock(Date.now(), options.clock.now());
    this.#figures = new PeerFigures(options.meter);
    const timer = setInterval(() => {
      this.#measure();
    }, FIGURES_INTERVAL_MS);
    timer.unref();
    this.#scope.defer(() => {
      clearInterval(timer);
    });
  }

  /** Warms up what the first visitor would otherwise wait for. */
  static async open(options: AvatarPeerOptions): Promise<LiveAvatarPeer> {
    const [decoders] = await Promise.all([
      OpusDecoderPool.open(Math.max(WARM_DECODERS, 2 * options.capacity)),
      warmUp().catch((thrown: unknown) => {
        options.logger.warn('peer.warm-up', { message: messageOf(thrown) });
      }),
    ]);
    return new LiveAvatarPeer(options, decoders);
  }

  get load(): PeerLoad {
    const shares = [...this.#members.values()].map(({ session }) => session.figures.missedShare);
    const lateRatio = shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
    return { capacity: this.#options.capacity, active: this.#members.size, lateRatio };
  }

  async join(request: JoinRequest): Promise<JoinReply> {
    const here = this.#members.get(request.participantId);
    if (here?.portraitId === request.portraitId && here.roomId === request.roomId) {
      return { answerSdp: await here.answer(request.offerSdp) };
    }
    // First: a portrait, a face and a voice are not opened for an offer that cannot be answered.
    readOffer(request.offerSdp, false, request.role);
    if (here !== undefined) await this.#end(here, 'Joined elsewhere');
    const member = await this.#admit(request);
    try {
      const answerSdp = await member.answer(request.offerSdp);
      const { roomId, participantId } = request;
      this.#tell({ type: 'joined', roomId, participantId });
      return { answerSdp };
    } catch (thrown) {
      await this.#remove(member);
      throw thrown;
    }
  }

  async enter(request: EntryRequest): Promise<Participant> {
    const member = await this.#admit(request);
    const { roomId, participantId } = request;
    this.#tell({ type: 'joined', roomId, participantId });
    member.goLive();
    return member;
  }

  async offer(participantId: string, offerSdp: string): Promise<JoinReply> {
    const member = this.#members.get(participantId);
    if (member === undefined) {
      throw new AvatarError('SESSION_UNKNOWN', 'Cannot answer the offer: nobody of this name is here');
    }
    return { answerSdp: await member.answer(offerSdp) };
  }

  async restart(participantId: string, credentials: IceCredentials): Promise<JoinReply> {
    const member = this.#members.get(participantId);
    if (member === undefined) throw new AvatarError('SESSION_UNKNOWN', 'Cannot restart: nobody of this name is here');
    return { answerSdp: await member.restart(credentials) };
  }

  async watch({ participantId, viewerId, offerSdp, onEnd }: WatchRequest): Promise<Watching> {
    return this.#watch({ participantId, viewerId, onEnd }, (events) =>
      Connection.open({ ...this.#connectionOptions(events), role: 'viewer', offerSdp }),
    );
  }

  async send({ exchange, mayReach, channel, ...request }: SendRequest): Promise<Sending> {
    const other = { exchange, mayReach, channel };
    return this.#watch(request, (events) => Connection.call(this.#connectionOptions(events), other));
  }

  viewerCount(participantId: string): number {
    const member = this.#members.get(participantId);
    return member === undefined ? 0 : (this.#rooms.get(member.roomId)?.spectatorsOf(member).length ?? 0);
  }

  async prepare(portraitId: string): Promise<void> {
    const { avatars, logger, renderers } = this.#options;
    try {
      await renderers.prepare(await avatars.load(portraitId), this.#decoderOptions());
    } catch (thrown) {
      logger.warn('peer.prepare', { message: messageOf(thrown) });
    }
  }

  async candidate(participantId: string, candidate: CandidateInit): Promise<void> {
    await this.#members.get(participantId)?.addCandidate(candidate);
  }

  async leave(participantId: string, reason: string, code?: 'ENDED_BY_OPERATOR'): Promise<void> {
    const member = this.#members.get(participantId);
    if (member !== undefined) await this.#end(member, reason, code);
  }

  participant(participantId: string): Participant | undefined {
    return this.#members.get(participantId);
  }

  membersOf(roomId: string): readonly string[] {
    return this.#rooms.get(roomId)?.members.map(({ participantId }) => participantId) ?? [];
  }

  endPortrait(portraitId: string, reason: string): number {
    const members = [...this.#members.values()].filter((member) => member.portraitId === portraitId);
    for (const member of members) void this.#end(member, reason, 'PORTRAIT_BLOCKED');
    return members.length;
  }

  async close(reason = 'The server is closing'): Promise<void> {
    await Promise.all([...this.#members.values()].map((member) => this.#end(member, reason)));
    await this.#scope.close();
  }

  async #watch(
    request: Pick<SpectatorOptions, 'viewerId' | 'onEnd' | 'onConnected'> & { readonly participantId: string },
    connect: SpectatorOptions['connect'],
  ): Promise<Spectator> {
    const { participantId } = request;
    const member = this.#members.get(participantId);
    const room = member === undefined ? undefined : this.#rooms.get(member.roomId);
    if (member === undefined || room === undefined) {
      throw new AvatarError('SESSION_UNKNOWN', 'Cannot watch: nobody of this name is here');
    }
    if (room.spectatorsOf(member).length + this.#coming(member) >= VIEWERS_PER_AVATAR) {
      throw new AvatarError('VIEWERS_TOO_MANY', `Cannot watch: ${VIEWERS_PER_AVATAR} watch already`);
    }
    this.#watchersComing.set(member, this.#coming(member) + 1);
    try {
      const spectator = await Spectator.open({
        ...request,
        member,
        room,
        connect,
        ntp: this.#ntp,
        now: () => this.#options.clock.now(),
        figures: this.#figures,
        onFault: (reason) => {
          this.#options.logger.error('viewer.fault', { sessionId: participantId, message: reason.slice(0, 200) });
        },
      });
      if (this.#members.get(participantId) !== member) {
        await spectator.close();
        throw new AvatarError('SESSION_UNKNOWN', 'Cannot watch: the avatar has left');
      }
      room.addSpectator(spectator);
      return spectator;
    } finally {
      this.#watchersComing.set(member, this.#coming(member) - 1);
    }
  }

  #connectionOptions(events: ConnectionEvents) {
    const { clock, rtc } = this.#options;
    return { rtc, events, now: () => clock.now(), random: Math.random };
  }

  #coming(member: Member): number {
    return this.#watchersComing.get(member) ?? 0;
  }

  /** @throws AvatarError `CAPACITY_FULL`, or what loading the portrait brings. */
  async #admit(request: EntryRequest & Pick<JoinRequest, 'role'>): Promise<Member> {
    const { capacity } = this.#options;
    if (this.#members.size + this.#arriving >= capacity) {
      throw new AvatarError('CAPACITY_FULL', `Cannot join: ${capacity} avatars are live, at most ${capacity} may be`);
    }
    this.#arriving++;
    try {
      return await this.#open(request);
    } finally {
      this.#arriving--;
    }
  }

  async #open(request: EntryRequest & Pick<JoinRequest, 'role'>): Promise<Member> {
    const { avatars, clock, rtc } = this.#options;
    // First: decoders taken for a portrait that cannot be loaded would never be given back.
    const avatar = await avatars.load(request.portraitId, request.ownerKey);
    const [microphone, voice] = await Promise.all([this.#decoders.take(), this.#decoders.take()]);
    const room = this.#rooms.get(request.roomId) ?? new Room(request.roomId);
    this.#rooms.set(request.roomId, room);
    const { participantId, name, portraitId, portraitAlias, framesPerSecond = 25 } = request;
    const mixer = new SoundMixer();
    const openSession = (events: SessionEvents): Session =>
      new Session({
        engine: this.#options.motion,
        renderer: this.#openRenderer(avatar, framesPerSecond, request.background),
        seed: Math.floor(Math.random() * 0xffff_ffff),
        framesPerSecond,
        microphone,
        voice,
        mixer,
        events,
        now: () => clock.now(),
        onClosed: () => {
          mixer.close();
          for (const decoder of [microphone, voice]) this.#decoders.give(decoder).catch(() => undefined);
        },
      });
    const member = new Member({
      participantId,
      name,
      portraitId,
      portraitAlias,
      room,
      rtc,
      role: request.role ?? 'page',
      openSession,
      ntp: this.#ntp,
      now: () => clock.now(),
      random: Math.random,
      connectWithinMs: this.#options.connectWithinMs ?? CONNECT_WITHIN_MS,
      newcomerMs: this.#options.newcomerMs ?? NEWCOMER_MS,
      figures: this.#figures,
      onEvent: (event) => {
        this.#tell(event);
      },
      onFault: (reason) => {
        this.#options.logger.error('session.fault', { sessionId: participantId, message: reason.slice(0, 200) });
      },
      onPicture: (tookUs) => {
        if (this.#pace.observe(tookUs, clock.now())) this.#holdBack();
      },
      onEnd: (ended, reason, code) => {
        void this.#end(ended, reason, code);
      },
    });
    this.#members.set(participantId, member);
    member.session.holdBack(this.#pace.intervalUs);
    room.add(member);
    return member;
  }

  /** Newcomers are drawn as often as established calls leave time for. */
  #holdBack(): void {
    for (const { session } of this.#members.values()) session.holdBack(this.#pace.intervalUs);
  }

  #openRenderer(avatar: Uint8Array, framesPerSecond: number, background?: RgbColour): Promise<Renderer> {
    const decoder = this.#decoderOptions(background);
    return this.#options.renderers.open({ avatar, decoder, bitrateBps: FIRST_BITRATE_BPS, framesPerSecond });
  }

  #decoderOptions(background?: RgbColour): FaceDecoderOptions {
    const { badge, watermarkKey } = this.#options;
    const seed = Math.floor(Math.random() * 0xffff_ffff);
    return { sizePx: SIZE_PX, background: background ?? 'portrait', badge, watermarkKey, seed };
  }

  async #end(member: Member, reason: string, code?: string): Promise<void> {
    if (!(await this.#remove(member))) return;
    const { roomId, participantId } = member;
    this.#figures.ended(code ?? 'left');
    this.#tell({ type: 'left', roomId, participantId, reason, ...(code === undefined ? {} : { code }) });
  }

  /** @returns whether it was still here. */
  async #remove(member: Member): Promise<boolean> {
    if (this.#members.get(member.participantId) !== member) return false;
    this.#members.delete(member.participantId);
    this.#counted.delete(member);
    const room = this.#rooms.get(member.roomId);
    room?.remove(member);
    if (room?.size === 0) this.#rooms.delete(member.roomId);
    await member.close().catch((thrown: unknown) => {
      this.#options.logger.error('session.close', { message: messageOf(thrown) });
    });
    return true;
  }

  #tell(event: PeerEvent): void {
    // Outside of any call into the peer, so that a listener may call back.
    queueMicrotask(() => this.#options.onEvent?.(event));
    if (event.type === 'live') {
      const { participantId, connectUs } = event;
      this.#options.logger.info('session.live', { sessionId: participantId, connectUs });
    }
    if (event.type === 'left') {
      const { participantId, reason, code } = event;
      this.#options.logger.info('session.left', { sessionId: participantId, reason, code });
    }
  }

  #measure(): void {
    const anybody = [...this.#members.values()].some(({ session }) => session.established);
    if (!anybody && this.#pace.release()) this.#holdBack();
    this.#figures.sessions(this.#members.size, this.#options.capacity, this.#rooms.size);
    let soundOut = 0;
    for (const member of this.#members.values()) {
      const { delayUs, missedShare, framesPerSecond, soundWaiting, ...counts } = member.session.figures;
      soundOut += soundWaiting;
      this.#figures.sync(delayUs, missedShare, framesPerSecond);
      this.#figures.bitrate(member.session.bitrate.bitrateBps);
      const before = this.#counted.get(member);
      const grown = Object.entries(counts).map(([what, count]) => [what, count - (before?.[what] ?? 0)] as const);
      this.#counted.set(member, counts);
      this.#figures.session(Object.fromEntries(grown));
    }
    this.#figures.depth('sound-out', soundOut);
    this.#figures.depth('render', this.#options.renderers.pending);
  }
}
