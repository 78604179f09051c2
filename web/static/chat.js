// The chat page: shows the lines of the visitor's chat as they are written, and
// sends what the visitor writes, presses and attaches, exactly once.
import { $, ask, isEnter, lang, make, setLang, size, speak, t, toast } from './ui.js';
import { dayElement, dayOf, lineElement, pendingElement, retell } from './chat-view.js';
import { hideSuggestions, starters, suggest } from './suggest.js';
import words from './chat-words.js';

const maxFiles = 10;
const maxFile = 20 * 1024 * 1024;

const lines = new Map(); // by id, as the server sent them
let rev = 0; // the newest revision that is shown
let queue = []; // messages that the server has not confirmed, in order
let attached = []; // files that go with the next message
let replying = null; // the line that the next message answers
let awaiting = 0; // timer of the typing indicator
const drafts = new Set(); // ids of lines that show a text in progress

// ---- Showing

const scroller = $('chat');
const atEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;

/** Goes to the newest line; the welcome is read from its top. */
function toEnd() {
  if (lines.size + queue.length > 0) scroller.scrollTop = scroller.scrollHeight;
}

/** Goes to the newest line, but not beyond its top: a long answer is read from there. */
function toTop(element) {
  const above = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  scroller.scrollTop += above - 12;
}

const does = { press, reply: (line) => replyTo(line) };

/** Draws everything anew, in the page's language. */
function draw() {
  const log = $('log');
  log.replaceChildren();
  let day = '';
  for (const line of [...lines.values()].sort((a, b) => a.id - b.id)) {
    if (dayOf(line.at) !== day) {
      day = dayOf(line.at);
      log.append(dayElement(line.at));
    }
    log.append(lineElement(line, does));
  }
  drawQueue();
  $('intro').hidden = lines.size > 0 || queue.length > 0;
}

function drawQueue() {
  for (const old of $('log').querySelectorAll('.pending')) old.remove();
  for (const message of queue) {
    $('log').append(pendingElement(message, { retry: () => flush(true), discard: () => discard(message) }));
  }
  $('intro').hidden = lines.size > 0 || queue.length > 0;
}

/** Takes in a line that is new or has been replaced. */
function show(line) {
  rev = Math.max(rev, line.rev);
  if (lines.get(line.id)?.rev >= line.rev) return;
  const follow = atEnd() || line.side === 'visitor';
  const last = Math.max(0, ...lines.keys());
  const known = lines.has(line.id);
  const lastDay = lines.size ? dayOf(lines.get(last).at) : '';
  lines.set(line.id, line);
  drafts.delete(line.id);
  queue = queue.filter((message) => message.id !== line.id);
  const element = lineElement(line, does);
  if (known) {
    const old = $('log').querySelector(`[data-id="${line.id}"]`);
    const focused = old.contains(document.activeElement);
    old.replaceWith(element);
    // The keyboard stays where it was; the text field would bring up a phone's own.
    if (focused) (element.querySelector('button, a') ?? $('log')).focus({ preventScroll: true });
  } else if (line.id > last) {
    if (line.side === 'bot') element.classList.add('new');
    if (dayOf(line.at) !== lastDay) $('log').append(dayElement(line.at));
    $('log').append(element);
  } else {
    draw(); // an older line that was missed
  }
  drawQueue();
  if (line.side === 'bot') {
    typing(false);
    if (line.prompt) replyTo(line, matchMedia('(hover: hover)').matches);
  }
  if (follow && line.side === 'bot' && !known) toTop(element);
  else if (follow) toEnd();
  else if (!known) $('newer').hidden = false;
}

/**
 * Shows the text of a line that is being written anew. It is kept nowhere: the line
 * itself takes its place, whether replaced or not, when that is told or the
 * connection is lost.
 */
function preview({ id, text }) {
  const line = lines.get(id);
  const element = $('log').querySelector(`[data-id="${id}"]`);
  // A line is written anew once; a draft that comes after that is a late one.
  if (!element || line.rev !== line.id) return;
  drafts.add(id);
  retell(element, text);
}

function dropDrafts() {
  if (drafts.size) draw();
  drafts.clear();
}

function typing(on) {
  clearTimeout(awaiting);
  $('typing').hidden = !on;
  if (!on) return;
  awaiting = setTimeout(() => typing(false), 45_000);
  toEnd();
}

/** Makes the next message an answer to the line; null ends that. */
function replyTo(line, focus = true) {
  replying = line;
  $('replying').hidden = !line;
  if (!line) return;
  const text = (line.text ?? []).map((span) => span.text).join('').trim().split('\n')[0];
  $('replyingText').textContent = t('replyTo', { text });
  if (focus) $('text').focus();
}

// ---- Sending

const storeKey = 'liaison.unsent';

/** Keeps what is unsent over a reload; files cannot be kept. */
function remember() {
  try {
    const kept = queue.filter((m) => !m.id && m.files.length === 0).map(({ key, fields, shown }) => ({ key, fields, shown }));
    if (kept.length) localStorage.setItem(storeKey, JSON.stringify(kept));
    else localStorage.removeItem(storeKey);
  } catch {
    // Without storage a reload loses what is unsent.
  }
}

function recall() {
  try {
    for (const m of JSON.parse(localStorage.getItem(storeKey) ?? '[]')) queue.push({ ...m, files: [], state: 'waiting' });
  } catch {
    localStorage.removeItem(storeKey); // not ours
  }
}

const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, '0')).join('');

/** Queues a message; the key makes sending it twice harmless. */
function say(fields, shown, files = []) {
  queue.push({ key: newKey(), fields, shown, files, state: 'sending' });
  remember();
  drawQueue();
  toEnd();
  flush(true);
}

function discard(message) {
  queue = queue.filter((m) => m !== message);
  remember();
  draw();
}

let sending = false;
let later = 0;
let failures = 0;

/** Sends what is queued, one after the other so that the order stays. */
async function flush(now) {
  if (now) failures = 0;
  clearTimeout(later);
  if (sending) return;
  sending = true;
  try {
    for (;;) {
      const message = queue.find((m) => !m.id && m.state !== 'failed');
      if (!message || !await attempt(message)) return;
    }
  } finally {
    sending = false;
  }
}

/** Tries to send one message and reports whether the next may go. */
async function attempt(message) {
  message.state = 'sending';
  message.note = '';
  drawQueue();
  typing(true); // before the request: the answer may overtake its end
  let body = { key: message.key, ...message.fields };
  if (message.files.length) {
    const form = new FormData();
    for (const [name, value] of Object.entries(body)) form.append(name, value);
    for (const file of message.files) form.append('files', file, file.name);
    body = form;
  }
  try {
    const { id } = await ask('POST', '/api/chat/messages', body);
    message.id = id;
    if (lines.has(id)) queue = queue.filter((m) => m !== message);
      remember();
    if (source?.readyState !== EventSource.OPEN) await look();
    drawQueue();
    return true;
  } catch (problem) {
    typing(false);
    if (problem.status === 401) {
      reload();
      return false;
    }
    if (problem.status === 0 || problem.status >= 500 || problem.status === 429) {
      const wait = problem.retryAfter || Math.min(2 ** ++failures, 30);
      message.state = 'waiting';
      message.note = problem.retryAfter ? t('tooMany', { seconds: wait }) : t('waiting');
      later = setTimeout(() => flush(false), wait * 1000);
      drawQueue();
      return false;
    }
    message.state = 'failed';
    message.note = t('failed', { reason: problem.message });
    if (message.fields.button) { // the line that it stood under has changed
      toast(problem.message);
      discard(message);
    }
      remember();
    drawQueue();
    return true;
  }
}

/** The cookie is gone; the page brings a new one. Once only: cookies may be off. */
function reload() {
  if (sessionStorage.getItem('liaison.reloaded')) return;
  sessionStorage.setItem('liaison.reloaded', '1');
  location.reload();
}

function press(line, button) {
  const fields = { button: button.data, reply_to: String(line.id) };
  const under = (m) => !m.id && m.fields.button === fields.button && m.fields.reply_to === fields.reply_to;
  if (!queue.some(under)) say(fields, button.text); // a second tap is the same press
}

// ---- Writing

const text = $('text');

function grow() {
  text.style.height = 'auto';
  text.style.height = `${text.scrollHeight + 2}px`;
}

function submit() {
  const written = text.value.trim();
  hideSuggestions();
  if (!written && attached.length === 0) return;
  const fields = { text: written };
  if (replying) fields.reply_to = String(replying.id);
  say(fields, written, attached);
  text.value = '';
  attached = [];
  replyTo(null);
  drawTray();
  grow();
  text.focus();
}

function attach(files) {
  for (const file of files) {
    if (attached.length >= maxFiles) {
      toast(t('fileMany'));
      break;
    }
    if (file.size > maxFile) toast(t('fileLarge', { name: file.name }));
    else if (file.size === 0) toast(t('fileEmpty', { name: file.name }));
    else attached.push(file);
  }
  drawTray();
  text.focus();
}

function drawTray() {
  for (const img of $('tray').querySelectorAll('img')) URL.revokeObjectURL(img.src);
  $('tray').hidden = attached.length === 0;
  $('tray').replaceChildren(...attached.map((file) => make('li', {},
    file.type.startsWith('image/') && make('img', { src: URL.createObjectURL(file), alt: '' }),
    make('span', { textContent: `${file.name} · ${size(file.size)}` }),
    make('button', {
      type: 'button', className: 'button quiet small', textContent: '✕', attrs: { 'aria-label': t('drop', { name: file.name }) },
      on: { click: () => { attached = attached.filter((f) => f !== file); drawTray(); text.focus(); } },
    }))));
}

text.addEventListener('input', grow);
text.addEventListener('keydown', (event) => {
  if (isEnter(event) && !event.shiftKey) {
    event.preventDefault();
    submit();
  }
});
text.addEventListener('paste', (event) => {
  if (event.clipboardData?.files.length) {
    event.preventDefault();
    attach(event.clipboardData.files);
  }
});
$('composer').addEventListener('submit', (event) => { event.preventDefault(); submit(); });
$('attach').addEventListener('click', () => $('files').click());
$('files').addEventListener('change', (event) => { attach(event.target.files); event.target.value = ''; });
$('replyingEnd').addEventListener('click', () => { replyTo(null); text.focus(); });
document.addEventListener('dragover', (event) => event.preventDefault());
document.addEventListener('drop', (event) => { event.preventDefault(); attach(event.dataTransfer?.files ?? []); });
for (const button of document.querySelectorAll('[data-command]')) {
  button.addEventListener('click', () => say({ text: button.dataset.command }, button.dataset.command));
}
$('newer').addEventListener('click', () => { toEnd(); text.focus(); });
let ended = true; // the end of the chat was in sight before the window changed
scroller.addEventListener('scroll', () => {
  ended = atEnd();
  if (ended) $('newer').hidden = true;
}, { passive: true });
new ResizeObserver(() => { if (ended) toEnd(); }).observe(scroller); // a phone's keyboard comes up

$('language').addEventListener('click', () => {
  setLang(lang === 'en' ? 'zh' : 'en');
  languageButton();
  draw();
  say({ text: `/language ${lang}` }, `/language ${lang}`);
});

function languageButton() {
  $('language').textContent = lang === 'en' ? '中文' : 'English';
  $('language').lang = lang === 'en' ? 'zh-CN' : 'en';
}

// ---- Receiving

let source = null;

/** Fetches what is new. */
async function look() {
  const answer = await ask('GET', `/api/chat/lines?after=${rev}`);
  answer.lines.sort((a, b) => a.rev - b.rev).forEach(show);
}

function listen() {
  source?.close();
  dropDrafts();
  source = new EventSource(`/api/chat/events?after=${rev}`);
  source.addEventListener('open', () => { $('offline').hidden = true; flush(false); });
  source.addEventListener('line', (event) => show(JSON.parse(event.data)));
  source.addEventListener('toast', (event) => {
    const notice = JSON.parse(event.data).text;
    typing(false);
    if (notice) toast(notice); // without words it only says that the press has arrived
  });
  source.addEventListener('draft', (event) => preview(JSON.parse(event.data)));
  source.addEventListener('error', () => {
    dropDrafts();
    $('offline').hidden = navigator.onLine && source.readyState !== EventSource.CLOSED;
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 5000); // the server refused: it may be starting
  });
}

window.addEventListener('online', () => { flush(true); listen(); });
window.addEventListener('offline', () => { $('offline').hidden = false; });
document.addEventListener('visibilitychange', () => {
  // Phones cut the stream of a page in the background without a word, and a
  // browser has few connections for many open tabs.
  if (document.hidden) {
    source?.close();
    dropDrafts();
  } else if (source) listen();
});

async function start() {
  speak(words);
  languageButton();
  recall();
  try {
    const answer = await ask('GET', '/api/chat/lines');
    for (const line of answer.lines) {
      lines.set(line.id, line);
      rev = Math.max(rev, line.rev);
    }
    sessionStorage.removeItem('liaison.reloaded');
  } catch (problem) {
    if (problem.status === 401) return reload();
    $('offline').hidden = false;
  }
  draw();
  toEnd();
  suggest((question) => say({ text: question }, question), () => !replying && attached.length === 0);
  if (!$('intro').hidden) starters();
  $('log').setAttribute('aria-live', 'polite'); // only what is new is read out
  listen();
  flush(true);
}

start();
