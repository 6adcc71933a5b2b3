import { isEnvelope, type Reply, type Request } from './messages.ts';

/**
 * Passes requests from scripts of the page to the worker, and its replies back. The worker sends them to the server, because
 * the page's CSP does not apply to it and the page must not see the token.
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
