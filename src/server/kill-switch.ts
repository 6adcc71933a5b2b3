import { AvatarError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { AvatarPeer } from '../peer/avatar-peer.ts';
import type { AuditLog } from './audit-log.ts';
import type { BlockList } from './block-list.ts';
import type { AlikePortrait, PortraitStore } from './portrait-store.ts';

export interface KillSwitchOptions {
  readonly peer: Pick<AvatarPeer, 'endPortrait' | 'participant'>;
  readonly portraits: PortraitStore;
  readonly blocks: BlockList;
  readonly audit: AuditLog;
  readonly log: Logger;
  readonly now: () => Date;
}

export interface Blocked {
  readonly sessionsEnded: number;
  /** Other portraits that show the same picture or may do so, most alike first. */
  readonly alike: readonly AlikePortrait[];
}

const REASON = 'The operator withdrew this portrait';

/** Withdraws portraits: their sessions end before anything is written, so nothing that fails keeps a call running. */
export class KillSwitch {
  readonly #options: KillSwitchOptions;

  constructor(options: KillSwitchOptions) {
    this.#options = options;
    options.blocks.onChange(() => {
      const sessionsEnded = this.enforce();
      options.log.info('blocks.changed-elsewhere', { sessionsEnded });
    });
  }

  /**
   * @param reason - the operator's, for the list of blocks.
   * @throws AvatarError `STORAGE_FAILED` when the block could not be saved; it holds in this process all the same.
   */
  async block(sha256: string, reason: string): Promise<Blocked> {
    const { audit, blocks, log, now, portraits } = this.#options;
    const alike = portraits.alike(sha256);
    const likeness = portraits.likenessOf(sha256);
    const saving = blocks.add(sha256, { reason, ...(likeness === undefined ? {} : { likeness }) });
    // Awaited below, after the sessions have ended.
    saving.catch(() => undefined);
    const sessionsEnded = this.enforce();
    try {
      await saving;
    } catch (cause) {
      const done = `The portrait is blocked in this process and ${sessionsEnded} sessions were ended`;
      const missing = `the block could not be saved and does not outlive a restart yet (${messageOf(cause)})`;
      throw new AvatarError('STORAGE_FAILED', `${done}, but ${missing}; it is tried again every few seconds`, {
        cause,
      });
    } finally {
      // The block counts, whatever becomes of the entry.
      for (const entry of [
        { event: 'blocked', portraitSha256: sha256, reason },
        { event: 'sessions-ended', portraitSha256: sha256, count: sessionsEnded },
      ] as const) {
        await audit.append(entry, now()).catch((thrown: unknown) => {
          log.error('audit.not-written', { message: messageOf(thrown) });
        });
      }
    }
    return { sessionsEnded, alike };
  }

  /** Ends the sessions of all portraits that are blocked. @returns how many. */
  enforce(): number {
    const { peer, portraits } = this.#options;
    return portraits.blockedIds().reduce((sum, id) => sum + peer.endPortrait(id, REASON), 0);
  }

  /** A visitor may have joined while their portrait was being blocked: it was read before, and they arrived after. */
  checkArrival(participantId: string): void {
    const { peer, portraits } = this.#options;
    const portraitId = peer.participant(participantId)?.portraitId;
    if (portraitId !== undefined && portraits.blockedIds().includes(portraitId)) peer.endPortrait(portraitId, REASON);
  }
}
