/**
 * Keeps a page of the server as it would be if it were loaded now. The watch of the API only rings: what is shown
 * always comes from the server, whole, and is morphed into what is there. Without this script the page loads itself
 * anew, and everything else is the same.
 */
import { Idiomorph } from './idiomorph.js';

/** Between two looks. */
const LEAST_PAUSE_MS = 1_000;
/** A slow page may take this share of the browser's and the server's time. */
const PAUSE_FACTOR = 10;
const ANSWER_WITHIN_MS = 10_000;
/** Between two tries to reach a server that is gone. */
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 15_000;

const main = document.getElementById('main');
const live = document.getElementById('live');

/** Told once when it changes, for it is read aloud. */
const tell = (state, text) => {
  if (live.dataset.state === state) return;
  live.dataset.state = state;
  live.textContent = text;
};

/** People select text to copy it: it must not move under their hands. */
const isSelecting = () => {
  const selection = document.getSelection();
  return selection !== null && !selection.isCollapsed && main.contains(selection.anchorNode);
};

const morphed = {
  morphStyle: 'outerHTML',
  ignoreActiveValue: true,
  callbacks: {
    beforeNodeMorphed: (before, now) => !before.isEqualNode(now),
    // What people have opened, or begun to type, is theirs.
    beforeAttributeUpdated: (name, node) =>
      !(name === 'open' && node.tagName === 'DETAILS') && !(name === 'value' && node.form),
  },
};

const show = (page) => {
  // A newer controller brings its own script and styles.
  if (page.documentElement.dataset.assets !== document.documentElement.dataset.assets) {
    location.reload();
    return;
  }
  document.title = page.title;
  for (const id of ['main', 'controller', 'footer']) {
    Idiomorph.morph(document.getElementById(id), page.getElementById(id), morphed);
  }
};

let pauseUntil = 0;
let timer = null;

/** The page as it is now; null when the server does not answer with one. */
const ask = async () => {
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const answer = await fetch(location.href, { headers: { accept: 'text/html' }, signal });
    return answer.headers.get('content-type')?.startsWith('text/html') ? await answer.text() : null;
  } catch {
    return null;
  }
};

/** @returns whether the server answered */
const look = async () => {
  const begun = performance.now();
  const text = await ask();
  if (text !== null && !isSelecting()) show(new DOMParser().parseFromString(text, 'text/html'));
  const now = performance.now();
  pauseUntil = now + Math.max(LEAST_PAUSE_MS, PAUSE_FACTOR * (now - begun));
  return text !== null;
};

/** However often it rings, there is one look at a time, and a pause after it. */
const ring = () => {
  if (document.hidden || source === null || timer !== null) return;
  timer = setTimeout(
    async () => {
      const mine = watches;
      if (source !== null && !(await look()) && mine === watches) lose();
      timer = null;
    },
    Math.max(0, pauseUntil - performance.now()),
  );
};

let source = null;
/** Counts the times that watching was begun or left: what was begun before is nobody's any more. */
let watches = 0;
let retryMs = FIRST_RETRY_MS;
let retryTimer = null;

/** The version of the list from which on a watch can be asked for; null when the server does not say. */
const versionNow = async () => {
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    return (await (await fetch('/api/v1/projects?limit=1', { signal })).json()).metadata.resourceVersion;
  } catch {
    return null;
  }
};

const watch = async () => {
  const mine = ++watches;
  const version = await versionNow();
  if (mine !== watches) return;
  if (version === null) {
    lose();
    return;
  }
  source = new EventSource(`/api/v1/projects?watch=1&resourceVersion=${version}`);
  source.addEventListener('open', () => {
    retryMs = FIRST_RETRY_MS;
    tell('live', 'Live');
    // Something has changed since the page was made.
    if (version !== main.dataset.version) ring();
  });
  for (const type of ['ADDED', 'MODIFIED', 'DELETED']) source.addEventListener(type, ring);
  source.addEventListener('error', lose);
};

const leave = () => {
  watches++;
  source?.close();
  source = null;
  clearTimeout(retryTimer);
};

/** Looks at everything again, and watches from there on; while nobody answers, it tries again later. */
const resume = async () => {
  const mine = watches;
  const answered = await look();
  if (mine !== watches) return;
  if (answered) {
    await watch();
    return;
  }
  tell('lost', 'Not live, trying again');
  retryMs = Math.min(LAST_RETRY_MS, 2 * retryMs);
  lose();
};

function lose() {
  leave();
  if (!document.hidden) retryTimer = setTimeout(resume, retryMs);
}

/** What no watch tells of, ages and screens, is looked at when the page says that it has grown old. */
const tick = () => {
  ring();
  setTimeout(tick, Number(main.dataset.every) * 1_000);
};

/** Nobody looks at a page that is hidden; who comes back sees at once what is true now. */
document.addEventListener('visibilitychange', () => {
  leave();
  if (!document.hidden) void resume();
});
if (!document.hidden) void watch();
setTimeout(tick, Number(main.dataset.every) * 1_000);
