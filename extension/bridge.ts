import { isEnvelope, type Reply, type Request } from './messages.ts';

/**
 * Carries requests of the page's own world to the worker, and replies back: the page's rules for connections (CSP) do not
 * hold for the worker, and the token stays there.
 */
addEventListener('message', ({ data, source }: MessageEvent<unknown>) => {
  if (source !== window || !isEnvelope<Request>(data, 'request')) return;
  const { number, content } = data;
  const answer = (reply: unknown): void => {
    postMessage({ visavis: 'reply', number, content: reply }, location.origin);
  };
  chrome.runtime.sendMessage(content).then(answer, () => {
    answer({ type: 'failure', message: 'The extension was updated: load this page again' } satisfies Reply);
  });
});
