// The staff console: log in, find cases, work on one, see what changes meanwhile.
import { $, ask, lang, joined, make, setLang, speak, t, toast } from './ui.js';
import { caseElements, chips, placeName, showReplying, whenFull, whenShort } from './staff-case.js';
import { closeWatch, watch } from './watch.js';
import { closeParked, parked } from './parked.js';
import parkedWords from './parked-words.js';
import { closeRoster, roster } from './roster.js';
import rosterWords from './roster-words.js';
import { closeGaps, gaps } from './gaps.js';
import { closeFunds, funds } from './funds.js';
import fundsWords from './funds-words.js';
import gapsWords from './gaps-words.js';
import { closeOverrides, overrides } from './overrides.js';
import { closeLibrary, library } from './library.js';
import { closeVisits, visits } from './visits.js';
import { closeObservers, observers } from './observers.js';
import visitsWords from './visits-words.js';
import libraryWords from './library-words.js';
import { closeQuick, quick } from './quick.js';
import quickWords from './quick-words.js';
import words from './staff-words.js';

let me = null; // who is logged in
let tickets = []; // the list as far as it is shown
let more = false;
let opened = null; // the case that is open
let source = null;

const views = ['viewLogin', 'viewTickets', 'viewWatch', 'viewVisits', 'viewFunds', 'viewRoster', 'viewGaps', 'viewLibrary', 'viewQuick', 'viewInvites'];

function view(id) {
  for (const name of views) $(name).hidden = name !== id;
  document.body.classList.toggle('wide', id === 'viewTickets');
}

/** Shows what went wrong; a session that has ended leads to the login. */
function failed(problem) {
  if (problem.status === 401) return signedOut();
  toast(problem.message || t('failed'));
}

// ---- Session

function signedOut() {
  me = null;
  opened = null;
  source?.close();
  source = null;
  $('tabs').hidden = $('logout').hidden = true;
  $('who').textContent = '\u00a0';
  $('detail').replaceChildren(); // nothing of a case stays on a screen that is logged out
  $('tickets').replaceChildren();
  closeLibrary();
  closeWatch();
  closeParked();
  closeRoster();
  closeFunds();
  closeVisits();
  closeObservers();
  closeGaps();
  closeOverrides();
  closeQuick();
  view('viewLogin');
  $('code').focus();
}

function signedIn(who) {
  me = who;
  const role = me.words.roles.find((r) => r.id === me.role)?.name;
  const where = me.role === 'supervisor' ? '' : joined(me.stations.map(placeName));
  $('who').textContent = $('who').title = [me.label, role, where].filter(Boolean).join(' · ');
  $('tabs').hidden = $('logout').hidden = false;
  $('tabWatch').hidden = me.role !== 'supervisor';
  $('tabInvites').hidden = me.role !== 'supervisor';
  $('tabLibrary').hidden = !me.library;
  fillSelects();
  listen();
  route();
}

function fill(select, first, items) {
  const kept = select.value;
  select.replaceChildren(...(first ? [make('option', { value: '', textContent: first })] : []),
    ...items.map((item) => make('option', { value: item.id, textContent: item.name })));
  if (items.some((item) => item.id === kept)) select.value = kept;
}

function fillSelects() {
  const named = (places) => places.map((place) => ({ id: place.id, name: placeName(place) }));
  const filter = $('filter').elements;
  fill(filter.station, t('allStations'), named(me.stations));
  filter.station.hidden = me.stations.length < 2;
  fill(filter.state, t('allStates'), me.words.states);
  fill(filter.kind, t('allKinds'), me.words.kinds);
  const invite = $('invite').elements;
  fill(invite.role, '', me.words.roles);
  fill(invite.station, '', named(me.all));
}

$('login').addEventListener('submit', async (event) => {
  event.preventDefault();
  $('loginError').textContent = '';
  try {
    const who = await ask('POST', '/api/staff/login', { code: $('code').value });
    $('code').value = '';
    signedIn(who);
  } catch (problem) {
    $('loginError').textContent = problem.message || t('failed');
    $('code').select();
  }
});

$('logout').addEventListener('click', async () => {
  try {
    await ask('POST', '/api/staff/logout');
    location.reload(); // drafts and codes of the last colleague go with the page
  } catch (problem) {
    failed(problem);
  }
});

// ---- List

function query(offset) {
  const values = new URLSearchParams(new FormData($('filter')));
  for (const [name, value] of [...values]) if (!value) values.delete(name);
  if (offset) values.set('offset', offset);
  return values;
}

let asked = 0;

/** Reads the list again, or its next page. */
async function list(next = false) {
  const turn = ++asked;
  try {
    const answer = await ask('GET', `/api/staff/tickets?${query(next ? tickets.length : 0)}`);
    if (turn !== asked) return; // a newer question is under way
    tickets = next ? [...tickets, ...answer.tickets] : answer.tickets;
    more = answer.more;
    drawList();
  } catch (problem) {
    failed(problem);
  }
}

function drawList() {
  const focused = document.activeElement?.closest?.('#tickets a')?.hash;
  $('count').textContent = tickets.length === 0 ? t('none') : t(more ? 'countMore' : 'count', { n: tickets.length });
  $('tickets').replaceChildren(...tickets.map((c) => {
    const due = c.due && make('span', { className: c.overdue ? 'late' : '', textContent: t(c.overdue ? 'overdueSince' : 'due', { when: whenShort(c.due) }) });
    const where = [placeName(c.station), c.mine ? t('mine') : c.assignee].filter(Boolean).join(' · ');
    const link = make('a', { href: `#/t/${c.id}` },
      make('span', { className: 'head' }, make('span', { className: 'number', textContent: c.id }), ...chips(c, me.words)),
      c.company && make('strong', { textContent: c.company }),
      make('span', { className: 'text', textContent: c.text }),
      make('span', { className: 'foot' }, make('span', { textContent: where }), due));
    if (opened?.id === c.id) link.setAttribute('aria-current', 'true');
    return make('li', {}, link);
  }));
  $('more').hidden = !more;
  if (focused) $('tickets').querySelector(`a[href="${focused}"]`)?.focus();
}

let typed = 0;
$('filter').addEventListener('input', () => {
  clearTimeout(typed);
  typed = setTimeout(list, 250);
});
$('filter').addEventListener('submit', (event) => { event.preventDefault(); list(); });
$('more').addEventListener('click', () => list(true));

// ---- One case

async function open(id) {
  try {
    const c = await ask('GET', `/api/staff/tickets/${encodeURIComponent(id)}`);
    if (current().id !== id) return; // somebody has clicked on
    show(c);
  } catch (problem) {
    if (problem.status !== 404) return failed(problem);
    toast(t('gone'));
    location.hash = '#/';
  }
}

/** Shows the case; what is being written stays, with the caret where it was. */
function show(c) {
  const before = opened?.id;
  const active = document.activeElement?.id === 'work-text' ? document.activeElement : null;
  const caret = active && [active.selectionStart, active.selectionEnd];
  opened = c;
  $('detail').replaceChildren(...caseElements(c, me, (after, problem) => {
    if (after) {
      show(after);
      list();
    } else if (problem.status === 401) {
      signedOut();
    } else if (problem.status === 409) {
      toast(problem.message);
      open(c.id);
    }
  }));
  $('viewTickets').classList.add('open');
  drawList();
  if (caret && before === c.id) {
    $('work-text')?.focus();
    $('work-text')?.setSelectionRange(...caret);
  } else if (before !== c.id) {
    $('detail').scrollTop = 0;
    scrollTo(0, 0);
    $('detail').focus({ preventScroll: true });
  }
}

function closeCase() {
  const id = opened?.id;
  opened = null;
  $('viewTickets').classList.remove('open');
  $('detail').replaceChildren(make('p', { className: 'pick', textContent: t('pick') }));
  drawList();
  if (id) $('tickets').querySelector(`a[href="#/t/${id}"]`)?.focus();
}

// ---- Invitations

const invite = $('invite').elements;
const inviteRole = () => {
  $('inviteStation').hidden = invite.role.value !== 'agent';
  $('inviteLast').hidden = invite.role.value !== 'observer';
};
invite.role.addEventListener('change', inviteRole);

$('invite').addEventListener('submit', async (event) => {
  event.preventDefault();
  $('inviteError').textContent = '';
  const fields = { label: invite.label.value, role: invite.role.value, station: invite.role.value === 'agent' ? invite.station.value : '', last: invite.role.value === 'observer' ? invite.last.value : '' };
  try {
    const made = await ask('POST', '/api/staff/invites', fields);
    $('invitedText').textContent = t('invitedText', { label: fields.label, when: whenFull(made.expires) });
    $('invitedCode').textContent = made.code;
    $('invited').hidden = false;
    $('invite').reset();
    inviteRole();
  } catch (problem) {
    if (problem.status === 401) signedOut();
    $('inviteError').textContent = problem.message || t('failed');
  }
});
$('copy').addEventListener('click', async () => {
  try {
    await navigator.clipboard.writeText($('invitedCode').textContent);
    toast(t('copied'));
  } catch {
    getSelection().selectAllChildren($('invitedCode')); // no clipboard without HTTPS: at least select it
  }
});

// ---- Addresses within the page

function current() {
  const [, name = '', id = ''] = location.hash.split('/');
  return { name, id: decodeURIComponent(id) };
}

function route() {
  if (!me) return;
  const { name, id } = current();
  const tab = ['gaps', 'visits', 'roster', 'financing', 'quick'].includes(name) || (name === 'library' && me.library) || (['invites', 'watch'].includes(name) && me.role === 'supervisor') ? name : '';
  for (const link of $('tabs').children) {
    if (link.hash === `#/${tab}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (tab !== 'invites') { // a code is shown this once
    $('invited').hidden = true;
    $('invitedCode').textContent = '';
  }
  if (tab === 'watch') {
    view('viewWatch');
    watch(me, failed);
    parked(failed);
  } else if (tab === 'roster') {
    view('viewRoster');
    roster(me, failed);
  } else if (tab === 'financing') {
    view('viewFunds');
    funds(failed);
  } else if (tab === 'visits') {
    view('viewVisits');
    visits(me, id, failed);
  } else if (tab === 'gaps') {
    view('viewGaps');
    gaps(me, failed);
    overrides(me, failed);
  } else if (tab === 'library') {
    view('viewLibrary');
    library(me, id, failed);
  } else if (tab === 'quick') {
    view('viewQuick');
    quick(me, failed);
  } else if (tab === 'invites') {
    view('viewInvites');
    inviteRole();
    observers(failed);
  } else {
    view('viewTickets');
    if (name === 't' && id) open(id);
    else closeCase();
    list();
  }
}
window.addEventListener('hashchange', route);

// ---- What changes meanwhile

let soon = 0;
let watched = 0;

function watchSoon() {
  clearTimeout(watched);
  watched = setTimeout(() => { if (me && !$('viewWatch').hidden) watch(me, failed); }, 300);
}

function listen() {
  source?.close();
  source = new EventSource('/api/staff/events');
  let lost = false;
  const refresh = () => {
    clearTimeout(soon);
    soon = setTimeout(() => { if (me) list(); }, 300); // a step often changes a case twice
  };
  source.addEventListener('open', () => {
    $('offline').hidden = true;
    if (lost) route();
    lost = false;
  });
  source.addEventListener('ticket', (event) => {
    const { id } = JSON.parse(event.data);
    if (!$('viewWatch').hidden) watchSoon();
    if ($('viewTickets').hidden) return;
    refresh();
    if (opened && (!id || opened.id === id)) changed();
  });
  source.addEventListener('gap', () => { if (me && !$('viewGaps').hidden) gaps(me, failed); });
  source.addEventListener('error', async () => {
    lost = true;
    $('offline').hidden = false;
    if (source?.readyState !== EventSource.CLOSED) return;
    // Refused: either the session has ended or the server is not there yet.
    try {
      await ask('GET', '/api/staff/me');
      setTimeout(() => { if (me) listen(); }, 5000);
    } catch (problem) {
      if (problem.status === 401 || problem.status === 403) signedOut();
      else setTimeout(() => { if (me) listen(); }, 5000);
    }
  });
}

/** Reads the open case again, and says so when somebody else changed it. */
async function changed() {
  const { id, version } = opened;
  try {
    const c = await ask('GET', `/api/staff/tickets/${encodeURIComponent(id)}`);
    if (opened?.id !== id || c.version < opened.version) return;
    if (c.version === opened.version) { // only who is writing has changed
      opened = c;
      showReplying(c);
      return;
    }
    if (c.version > version) toast(t('updated', { id }));
    show(c);
  } catch (problem) {
    if (problem.status === 404 && opened?.id === id) {
      toast(t('gone'));
      location.hash = '#/';
    } else if (problem.status === 401) {
      signedOut();
    }
  }
}

// ---- Start

function languageButton() {
  $('language').textContent = lang === 'en' ? '中文' : 'English';
  $('language').lang = lang === 'en' ? 'zh-CN' : 'en';
}

$('language').addEventListener('click', () => {
  setLang(lang === 'en' ? 'zh' : 'en');
  languageButton();
  if (me) start();
});

async function start() {
  try {
    signedIn(await ask('GET', '/api/staff/me'));
  } catch (problem) {
    signedOut();
    if (problem.status !== 401) $('loginError').textContent = problem.message || t('failed');
  }
}

speak({ ...words, ...parkedWords, ...rosterWords, ...fundsWords, ...libraryWords, ...gapsWords, ...quickWords, ...visitsWords });
languageButton();
start();
