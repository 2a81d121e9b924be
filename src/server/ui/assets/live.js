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
  morphStyle: 'innerHTML',
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
  const newMain = page.getElementById('main');
  Object.assign(main.dataset, newMain.dataset);
  document.title = page.title;
  Idiomorph.morph(main, newMain, morphed);
  for (const id of ['controller', 'footer']) {
    Idiomorph.morph(document.getElementById(id), page.getElementById(id), morphed);
  }
};

let pauseUntil = 0;
let timer = null;

/** @returns whether the server answered with a page */
const look = async () => {
  const begun = performance.now();
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const answer = await fetch(location.href, { headers: { accept: 'text/html' }, signal });
    if (!answer.headers.get('content-type')?.startsWith('text/html')) return false;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (!isSelecting()) show(page);
    return true;
  } catch {
    return false;
  } finally {
    const now = performance.now();
    pauseUntil = now + Math.max(LEAST_PAUSE_MS, PAUSE_FACTOR * (now - begun));
  }
};

/** However often it rings, there is one look at a time, and a pause after it. */
const ring = () => {
  if (document.hidden || source === null || timer !== null) return;
  timer = setTimeout(
    async () => {
      if (source !== null && !(await look())) lose();
      timer = null;
    },
    Math.max(0, pauseUntil - performance.now()),
  );
};

let source = null;
let retryMs = FIRST_RETRY_MS;
let retryTimer = null;

const watch = () => {
  source = new EventSource(`/api/v1/projects?watch=1&resourceVersion=${main.dataset.version}`);
  source.onopen = () => {
    retryMs = FIRST_RETRY_MS;
    tell('live', 'Live');
  };
  for (const type of ['ADDED', 'MODIFIED', 'DELETED']) source.addEventListener(type, ring);
  source.onerror = lose;
};

const leave = () => {
  source?.close();
  source = null;
  clearTimeout(retryTimer);
};

/** The server is gone, or what we know is too old for it: look at everything again, then watch from there. */
function lose() {
  leave();
  if (document.hidden) return;
  retryTimer = setTimeout(async () => {
    if (await look()) watch();
    else {
      tell('lost', 'Not live, trying again');
      retryMs = Math.min(LAST_RETRY_MS, 2 * retryMs);
      lose();
    }
  }, retryMs);
}

/** What no watch tells of, ages and screens, is looked at when the page says that it has grown old. */
const tick = () => {
  ring();
  setTimeout(tick, Number(main.dataset.every) * 1_000);
};

document.addEventListener('visibilitychange', async () => {
  leave();
  if (document.hidden) return;
  if (await look()) watch();
  else lose();
});
if (!document.hidden) watch();
setTimeout(tick, Number(main.dataset.every) * 1_000);
