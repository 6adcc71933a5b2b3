import {
  AvailabilityRequest,
  AvailabilityResponse,
  JobAssignment,
  JobStatus,
  JobType,
  ParticipantPermission,
  RegisterWorkerRequest,
  ServerMessage,
  UpdateJobStatus,
  UpdateWorkerStatus,
  WorkerMessage,
  WorkerPing,
  WorkerStatus,
} from '@livekit/protocol';
import { z } from 'zod';
import { WebSocket } from 'ws';
import { portraitIdSchema } from '../../../protocol/names.ts';
import { parseJson } from '../../../protocol/read.ts';
import { messageOf } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/logger.ts';
import type { PeerLoad } from '../../peer/avatar-peer.ts';
import { openLiveKitSocket, readProtobuf } from './livekit-socket.ts';
import { workerToken, type LiveKitKey } from './livekit-token.ts';

/** What a job asks for, as JSON in the metadata of its dispatch. */
const jobSchema = z.object({
  /** The face; the server's first one unless given. */
  portrait: portraitIdSchema.optional(),
  /** Identity of the agent that speaks through the avatar. */
  onBehalfOf: z.string().min(1).max(256).optional(),
});
export type JobWish = z.infer<typeof jobSchema>;

export interface WorkerJob extends JobWish {
  /** Of the LiveKit server. */
  readonly url: string;
  /** Lets the avatar into the room. */
  readonly token: string;
  /** To be told once, when the avatar has left by itself. */
  readonly onEnd: (reason: string) => void;
}

export interface WorkerOptions {
  readonly url: string;
  readonly key: LiveKitKey;
  /** By which dispatches name this kind of worker. */
  readonly agentName: string;
  readonly version: string;
  readonly load: () => PeerLoad;
  /** Brings an avatar into a room. */
  readonly open: (job: WorkerJob) => Promise<Closable>;
  readonly logger: Logger;
}

const STATUS_MS = 2_500;
const PING_MS = 30_000;
const TOKEN_S = 3600;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;
/** An assignment that does not come so long after we said yes goes to nobody: its place is free again. */
const ASSIGNED_WITHIN_MS = 10_000;

/**
 * Takes jobs of a LiveKit server as its agents do (`/agent`, protobuf messages of `@livekit/protocol`): each job is an
 * avatar, and all of them live in this one process. It connects again after a broken socket, and its avatars stay.
 */
export class Worker implements Closable {
  readonly #options: WorkerOptions;
  readonly #jobs = new Map<string, Closable>();
  /** Jobs that we agreed to and that were not assigned yet. */
  readonly #promised = new Map<string, { readonly wish: JobWish; readonly late: NodeJS.Timeout }>();
  #opening = 0;
  #socket: WebSocket | undefined;
  #status: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #retryMs = FIRST_RETRY_MS;
  #isDraining = false;
  #isClosed = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
    void this.#connect();
  }

  /** Takes no more jobs. */
  drain(): void {
    this.#isDraining = true;
    this.#tellLoad();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    clearInterval(this.#status);
    for (const { late } of this.#promised.values()) clearTimeout(late);
    this.#socket?.close(1000);
    await Promise.all([...this.#jobs.values()].map(async (job) => job.close()));
  }

  async #connect(): Promise<void> {
    const { url, key, logger } = this.#options;
    const token = await workerToken(key, TOKEN_S);
    if (this.#isClosed) return;
    const socket = openLiveKitSocket(url, 'agent', token);
    this.#socket = socket;
    socket.on('open', () => {
      this.#register();
    });
    socket.on('message', (data) => {
      if (Buffer.isBuffer(data)) this.#hear(data);
    });
    socket.on('error', (thrown) => {
      logger.warn('livekit.worker', { message: thrown.message });
    });
    socket.on('close', () => {
      this.#again();
    });
  }

  #again(): void {
    clearInterval(this.#status);
    if (this.#isClosed) return;
    this.#retry = setTimeout(() => void this.#connect(), this.#retryMs).unref();
    this.#retryMs = Math.min(LONGEST_RETRY_MS, 2 * this.#retryMs);
  }

  #register(): void {
    const { agentName, version } = this.#options;
    this.#send({
      case: 'register',
      value: new RegisterWorkerRequest({
        type: JobType.JT_ROOM,
        agentName,
        version,
        pingInterval: PING_MS / 1000,
        allowedPermissions: new ParticipantPermission({
          canPublish: true,
          canSubscribe: true,
          canPublishData: true,
          canUpdateMetadata: true,
          agent: true,
        }),
      }),
    });
  }

  #hear(data: Buffer): void {
    const message = readProtobuf(ServerMessage, data)?.message;
    if (message?.case === 'register') {
      this.#retryMs = FIRST_RETRY_MS;
      this.#options.logger.info('livekit.registered', { workerId: message.value.workerId });
      this.#beginStatus();
    } else if (message?.case === 'availability') this.#promise(message.value);
    else if (message?.case === 'assignment') void this.#take(message.value);
    else if (message?.case === 'termination') {
      void this.#jobs.get(message.value.jobId)?.close();
      this.#jobs.delete(message.value.jobId);
    }
  }

  #beginStatus(): void {
    let sincePingMs = 0;
    const tell = (): void => {
      this.#tellLoad();
      sincePingMs += STATUS_MS;
      if (sincePingMs < PING_MS) return;
      sincePingMs = 0;
      this.#send({ case: 'ping', value: new WorkerPing({ timestamp: BigInt(Date.now()) }) });
    };
    clearInterval(this.#status);
    this.#status = setInterval(tell, STATUS_MS).unref();
    this.#tellLoad();
  }

  get #load(): number {
    const { active, capacity } = this.#options.load();
    return Math.min(1, (active + this.#opening + this.#promised.size) / capacity);
  }

  #tellLoad(): void {
    const isFull = this.#load >= 1 || this.#isDraining;
    const status = isFull ? WorkerStatus.WS_FULL : WorkerStatus.WS_AVAILABLE;
    const value = new UpdateWorkerStatus({ status, load: this.#load, jobCount: this.#jobs.size });
    this.#send({ case: 'updateWorker', value });
  }

  #promise({ job }: AvailabilityRequest): void {
    if (job === undefined) return;
    const wish = wishOf(job.metadata);
    const available = wish !== undefined && this.#load < 1 && !this.#isDraining;
    if (wish === undefined)
      this.#options.logger.warn('livekit.job', { message: 'The metadata of the job is not valid' });
    const { onBehalfOf } = wish ?? {};
    if (available) {
      const late = setTimeout(() => this.#promised.delete(job.id), ASSIGNED_WITHIN_MS).unref();
      this.#promised.set(job.id, { wish, late });
    }
    const attributes = onBehalfOf === undefined ? {} : { 'lk.publish_on_behalf': onBehalfOf };
    this.#send({
      case: 'availability',
      value: new AvailabilityResponse({
        jobId: job.id,
        available,
        participantIdentity: `visavis-${job.id}`,
        participantName: 'Visavis',
        participantAttributes: attributes,
      }),
    });
    this.#tellLoad();
  }

  async #take({ job, url, token }: JobAssignment): Promise<void> {
    const promised = job === undefined ? undefined : this.#promised.get(job.id);
    if (job === undefined || promised === undefined) return;
    clearTimeout(promised.late);
    this.#promised.delete(job.id);
    const { id } = job;
    const end = (status: JobStatus, error: string): void => {
      this.#jobs.delete(id);
      this.#send({ case: 'updateJob', value: new UpdateJobStatus({ jobId: id, status, error }) });
    };
    this.#opening++;
    try {
      const avatar = await this.#options.open({
        ...promised.wish,
        url: url === undefined || url === '' ? this.#options.url : url,
        token,
        onEnd: () => {
          end(JobStatus.JS_SUCCESS, '');
        },
      });
      if (this.#isClosed) await avatar.close();
      else this.#jobs.set(id, avatar);
    } catch (thrown) {
      this.#options.logger.warn('livekit.job', { message: messageOf(thrown) });
      end(JobStatus.JS_FAILED, messageOf(thrown));
    } finally {
      this.#opening--;
    }
  }

  #send(message: Exclude<ConstructorParameters<typeof WorkerMessage>[0], undefined>['message']): void {
    if (this.#socket?.readyState !== WebSocket.OPEN || message === undefined) return;
    this.#socket.send(new WorkerMessage({ message }).toBinary());
  }
}

/** @returns what the metadata ask for; nothing when they are not understood. */
function wishOf(metadata: string): JobWish | undefined {
  return metadata === '' ? {} : jobSchema.safeParse(parseJson(metadata)).data;
}
