import { mountAid } from './aid/mount.ts';
import { announce, toast } from './announce.ts';
import type { JoinRequest, PageCall } from './call.ts';
import { startViewTools } from './call/view-tools.ts';
import { Controls } from './controls.ts';
import { byId, make } from './dom.ts';
import { isLanguage, LANGUAGE_NAMES, language, setLanguage, startLanguage, t, translate } from './i18n.ts';
import { copyLink, Lobby } from './lobby.ts';
import { problemOf, type Microphone } from './microphone.ts';
import { Panels } from './panels.ts';
import { PeoplePanel } from './people-panel.ts';
import { PortraitPicker } from './portrait-picker.ts';
import { PortraitService } from './portrait-service.ts';
import type { SelfView } from './self-view.ts';
import type { Settings } from './settings.ts';
import { Stage } from './stage.ts';
import { showState } from './state-pill.ts';
import { StatisticsPanel } from './statistics-panel.ts';
import { startTheme } from './theme.ts';
import { sentenceForCode, UploadDialog } from './upload-dialog.ts';

export interface PageStart {
  readonly settings: Settings;
  readonly call: PageCall;
  readonly microphone: Microphone;
  /** Chosen at first. */
  readonly portrait: string;
  /** What the call has been asked already. */
  readonly wish: JoinRequest | undefined;
  readonly selfView: SelfView;
}

/** Builds what is seen around a call, which may be under way. */
export function startPage({ settings, call, microphone, portrait, wish, selfView }: PageStart): void {
  const service = new PortraitService(settings.token);
  const picker = new PortraitPicker(service, portrait);
  let current = wish;

  microphone.onTrack((track) => {
    call.publish(track);
  });
  microphone.onTrouble((trouble) => {
    toast(t(`call.mic.${trouble}`));
  });
  startLanguage();
  startTheme();
  startLanguageChoice();
  const lobby = new Lobby(settings, picker, microphone, join);
  microphone.onDevices(() => void lobby.listDevices());
  new Stage(call);
  new PeoplePanel(call);
  const statistics = new StatisticsPanel(call);
  const panels = new Panels((open) => {
    if (open === 'statistics') statistics.start();
    else statistics.stop();
  });
  new Controls(call);
  startViewTools(call);
  const aid = mountAid(byId('panel-aid', HTMLDivElement), {
    call,
    stage: byId('stage', HTMLElement),
    captions: byId('captions', HTMLDivElement),
  });
  const upload = new UploadDialog(service, settings.uploadLimitBytes, ({ id }) => void picker.choose(id));
  showState(call);
  byId('portrait-add', HTMLButtonElement).addEventListener('click', () => {
    upload.open();
  });
  startBar();
  call.onState((state) => {
    if (state.type === 'ended') {
      showLobby();
      lobby.fail(sentenceForCode(state.code, state.message));
    }
  });
  if (current === undefined) showLobby();
  else if (call.state.type !== 'ended') enter(current);
  picker.load().catch(() => {
    toast(t('call.error.INTERNAL'));
  });

  function join(next: JoinRequest): void {
    current = next;
    call.start(next);
    enter(next);
  }

  function enter(wish: JoinRequest): void {
    if (settings.withMicrophone) void openMicrophone();
    showCall(wish);
  }

  async function openMicrophone(): Promise<void> {
    try {
      await microphone.open();
      performance.mark('visavis:microphone');
      void lobby.listDevices();
    } catch (thrown) {
      // Whoever has no microphone can still see, hear and type.
      toast(t(`call.mic.${problemOf(thrown)}`));
    }
  }

  function showCall(wish: JoinRequest): void {
    lobby.hide();
    selfView.setName(wish.name ?? '');
    byId('call', HTMLElement).hidden = false;
    document.body.classList.add('in-call');
    if (aid.isScanned) panels.show('aid');
    const meter = byId('bar-meter', HTMLSpanElement);
    microphone.onLevel((level) => {
      meter.style.setProperty('--level', level.toFixed(2));
    });
    byId('main', HTMLElement).focus({ preventScroll: true });
  }

  function showLobby(): void {
    panels.show(undefined);
    byId('call', HTMLElement).hidden = true;
    document.body.classList.remove('in-call');
    lobby.show();
  }

  function leave(): void {
    call.leave();
    microphone.close();
    showLobby();
    announce(t('call.left'));
  }

  function startBar(): void {
    const mute = byId('mute', HTMLButtonElement);
    const toggleMute = (): void => {
      const muted = mute.dataset['muted'] !== 'true';
      mute.dataset['muted'] = String(muted);
      // It says what it does next; a pressed state beside that would say the opposite.
      const key = muted ? 'call.unmute' : 'call.mute';
      mute.dataset['i18nTitle'] = key;
      mute.dataset['i18nLabel'] = key;
      for (const label of mute.querySelectorAll<HTMLElement>('.bar-label')) label.dataset['i18n'] = key;
      if (mute.parentElement !== null) translate(mute.parentElement);
      microphone.setMuted(muted);
      call.send({ type: 'mute', active: muted });
      announce(t(muted ? 'call.muted' : 'call.unmuted'));
    };
    const interrupt = (): void => {
      call.send({ type: 'interrupt' });
      announce(t('call.interrupted'));
    };
    mute.addEventListener('click', toggleMute);
    byId('interrupt', HTMLButtonElement).addEventListener('click', interrupt);
    byId('leave', HTMLButtonElement).addEventListener('click', leave);
    for (const id of ['copy', 'alone-copy']) {
      byId(id, HTMLButtonElement).addEventListener('click', () => {
        if (current !== undefined) void copyLink(current.room, settings.token);
      });
    }
    addEventListener('keydown', (event) => {
      if (!event.altKey || event.ctrlKey || event.metaKey || byId('call', HTMLElement).hidden) return;
      if (event.code === 'KeyM') toggleMute();
      else if (event.code === 'KeyI') interrupt();
      else return;
      event.preventDefault();
    });
  }
}

function startLanguageChoice(): void {
  const select = byId('language', HTMLSelectElement);
  for (const [tag, name] of Object.entries(LANGUAGE_NAMES)) {
    const option = make('option', { textContent: name });
    option.value = tag;
    option.selected = tag === language();
    select.append(option);
  }
  select.addEventListener('change', () => {
    if (isLanguage(select.value)) setLanguage(select.value);
  });
}
