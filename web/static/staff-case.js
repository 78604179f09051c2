// One case in the console: its facts, its history, and what can be done with it.
import { fundsFacts, outcomeFields } from './funds.js';
import { ask, fileList, lang, joined, make, size, t, toast, when } from './ui.js';
import { assist } from './assist.js';

const full = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' };
const short = { month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' };

/** Writes a moment with its year, or without. */
export const whenFull = (moment) => when(moment, full);
export const whenShort = (moment) => when(moment, short);

/** The name of a station or town. */
export const placeName = (place) => (place ? (lang === 'en' && place.name_en) || place.name : '');

/** Returns what the domain calls something: termName(me.words.states, 'waiting'). */
export const termName = (terms, id) => terms.find((term) => term.id === id)?.name ?? id;

/** The marks that tell how a case stands. */
export function chips(c, words) {
  return [
    c.overdue && make('span', { className: 'chip danger', textContent: t('overdue') }),
    c.urgent && make('span', { className: 'chip danger', textContent: t('urgent') }),
    c.escalated && make('span', { className: 'chip warn', textContent: t('escalated') }),
    make('span', { className: 'chip plain', textContent: termName(words.kinds, c.kind) }),
    make('span', { className: 'chip', textContent: termName(words.states, c.state) }),
  ];
}

function fact(name, value, className = '') {
  return value && make('div', { className }, make('dt', { textContent: name }), make('dd', {}, ...[value].flat()));
}

const caseLink = (id) => make('a', { href: `#/t/${id}`, textContent: id });

function facts(c) {
  const deadline = (name, moment) => fact(name, make('span', {
    className: c.overdue && c.due === moment ? 'late' : '', textContent: whenFull(moment),
  }));
  const rating = c.rating && [
    t(c.rating.solved ? 'solved' : 'unsolved'), c.rating.score ? t('score', { n: c.rating.score }) : '', c.rating.comment,
  ].filter(Boolean).join(' · ');
  return make('dl', { className: 'facts' },
    fact(t('station'), placeName(c.station) || t('unknown')),
    fact(t('keeper'), placeName(c.keeper)),
    fact(t('helpers'), joined(c.helpers?.map(placeName))),
    fact(t('assignee'), c.assignee || t(['accepted', 'in_progress', 'waiting'].includes(c.state) ? 'loose' : 'nobody')),
    fact(t('town'), placeName(c.town) || t('unknown')),
    fact(t('company'), c.company),
    ...fundsFacts(c).map(([name, value, className]) => fact(name, value, className)),
    fact(t('contact'), c.contact || t('noContact')),
    fact(t('created'), whenFull(c.created)),
    deadline(t('acceptBy'), c.accept_by),
    c.waiting_since ? fact(t('answerBy'), t('waiting')) : deadline(t('answerBy'), c.answer_by),
    fact(t('merged'), c.merged_into && caseLink(c.merged_into)),
    c.similar?.length > 0 && fact(t('similar'), make('ul', {}, ...c.similar.map((near) => make('li', {}, caseLink(near.id), ` ${near.text}`))), 'wide'),
    fact(t('extension'), c.extend_until && whenFull(c.extend_until)),
    rating && fact(t('rating'), rating, 'wide'),
    c.reasons?.length > 0 && fact(t('reasons'), make('ul', {}, ...c.reasons.map((reason) => make('li', { textContent: reason }))), 'wide'));
}

const told = new Set(['reply', 'ask', 'resolve', 'correct', 'reject', 'submit', 'supply', 'note']);

function timeline(c, words) {
  let station = '';
  return make('ol', { className: 'timeline' }, ...c.events.map((event) => {
    const moved = event.station && event.station.id !== station;
    station = event.station?.id ?? station;
    return make('li', { className: told.has(event.action) ? 'told' : '' },
      make('div', { className: 'what' },
        make('strong', { textContent: termName(words.actions, event.action) }),
        make('span', { textContent: event.actor }),
        moved && make('span', { className: 'soft', textContent: `→ ${placeName(event.station)}` }),
        event.until && make('span', { className: 'soft', textContent: `（${whenFull(event.until)}）` }),
        event.about && make('span', { className: 'soft', textContent: `（${event.about}）` }),
        make('time', { dateTime: event.at, textContent: whenFull(event.at) })),
      event.result && make('p', { className: 'said', textContent: event.result }),
      event.text && event.text !== c.text && make('p', { className: 'said', textContent: event.text }), // the submission stands above
      fileList(event.files));
  }));
}

/** What was begun and not sent, by case, so that an update does not lose it. */
const drafts = new Map();

function draftOf(id) {
  // seen is the version of the case when the writing began, changes what others have
  // done since as far as that was told, and signed when colleagues were last told of
  // the writing.
  if (!drafts.has(id)) drafts.set(id, { action: '', text: '', station: '', person: '', until: '', other: '', files: [], outcome: {}, seen: 0, changes: [], signed: 0 });
  return drafts.get(id);
}

const speaks = new Set(['reply', 'ask', 'resolve', 'correct', 'reject']); // the requester reads it
const signEvery = 2 * 60 * 1000; // ms; for the server somebody is at it for ten minutes

/** Tells colleagues that somebody is writing to the requester, or has given it up. */
function sign(id, draft) {
  const on = draft.text.trim() !== '' && speaks.has(draft.action);
  if (on ? Date.now() - draft.signed < signEvery : !draft.signed) return;
  draft.signed = on ? Date.now() : 0;
  ask('POST', `/api/staff/tickets/${encodeURIComponent(id)}/writing`, { on }).catch(() => {}); // colleagues do without it
}

/** Says who else is writing. */
export function showReplying(c) {
  const note = document.getElementById('replying');
  if (!note) return;
  note.textContent = c.replying?.length ? t('replying', { names: joined(c.replying) }) : '';
  note.hidden = !note.textContent;
}

/** Makes the buttons that transfer the case to a suggested station in one tap. */
function suggestions(c, me, done) {
  if (!c.suggested?.length) return null;
  const error = make('p', { className: 'error', attrs: { role: 'alert' } });
  const buttons = c.suggested.map((place) => make('button', {
    type: 'button', className: 'button', textContent: t('passTo', { station: placeName(place) }),
    on: {
      click: async () => {
        buttons.forEach((button) => { button.disabled = true; });
        try {
          const fields = { action: 'transfer', version: String(c.version), station: place.id, text: t('asSuggested') };
          const after = await ask('POST', `/api/staff/tickets/${encodeURIComponent(c.id)}/act`, fields);
          toast(t('done', { action: termName(me.words.actions, 'transfer') }));
          done(after);
        } catch (problem) {
          buttons.forEach((button) => { button.disabled = false; });
          error.textContent = problem.message || t('failed');
          done(null, problem, error.textContent);
        }
      },
    },
  }));
  return make('div', { className: 'do' }, ...buttons, error);
}

/** Makes the form with which the case is worked on. */
function work(c, me, done) {
  if (c.actions.length === 0) return make('p', { className: 'soft', textContent: t('nothing') });
  const draft = draftOf(c.id);
  // What is done most comes first; what ends or moves the case, last.
  const order = ['accept', 'reply', 'report', 'ask', 'record', 'resolve', 'grant', 'decline', 'involve', 'release', 'hand', 'merge', 'unmerge', 'link', 'extend', 'urge', 'comment', 'correct', 'take_over', 'transfer', 'assign', 'return', 'reject'];
  const actions = [...c.actions].sort((a, b) => order.indexOf(a.action) - order.indexOf(b.action));
  if (!actions.some((a) => a.action === draft.action)) draft.action = actions[0].action;

  const text = make('textarea', { className: 'input', maxLength: 8000, value: draft.text, id: 'work-text', on: { input: () => written() } });
  const written = () => {
    draft.text = text.value;
    if (draft.text.trim() === '') draft.seen = 0;
    else draft.seen ||= c.version;
    sign(c.id, draft);
  };
  const hint = make('span');
  const station = make('select', { className: 'input', on: { change: () => { draft.station = station.value; } } },
    make('option', { value: '', textContent: t('choose') }),
    ...me.all.filter((place) => place.id !== c.station?.id).map((place) => make('option', { value: place.id, textContent: placeName(place) })));
  station.value = draft.station;
  // Only who helps can be released.
  const offered = () => {
    for (const option of station.options) option.hidden = option.disabled = draft.action === 'release' && option.value !== '' && !c.helpers?.some((place) => place.id === option.value);
  };
  const person = make('select', { className: 'input', id: 'work-person', on: { change: () => { draft.person = person.value; } } },
    make('option', { value: '', textContent: t('leaveIt') }),
    ...(c.colleagues ?? []).map((one) => make('option', { value: one.person, textContent: one.label })));
  person.value = draft.person;
  const personField = make('label', { className: 'field' }, make('span', { textContent: t('toPerson') }), person);
  const tray = make('ul', { className: 'tray' });
  const files = make('input', { type: 'file', multiple: true, hidden: true, on: { change: () => { draft.files.push(...files.files); files.value = ''; drawTray(); } } });
  const drawTray = () => tray.replaceChildren(...draft.files.map((file) => make('li', {}, `${file.name} · ${size(file.size)}`,
    make('button', {
      type: 'button', className: 'button quiet small', textContent: '✕', attrs: { 'aria-label': t('drop', { name: file.name }) },
      on: { click: () => { draft.files = draft.files.filter((f) => f !== file); drawTray(); } },
    }))));
  drawTray();
  const textField = make('label', { className: 'field' }, hint, text);
  const stationField = make('label', { className: 'field' }, make('span', { textContent: t('toStation') }), station);
  const until = make('input', { type: 'date', className: 'input', value: draft.until, on: { input: () => { draft.until = until.value; } } });
  const untilField = make('label', { className: 'field' }, make('span', { textContent: t('until') }), until);
  const other = make('input', { className: 'input', id: 'other-case', value: draft.other, maxLength: 40, placeholder: 'CX-20261123-0001', attrs: { list: 'similar' }, on: { input: () => { draft.other = other.value; } } });
  const otherField = make('label', { className: 'field' }, make('span', { textContent: t('otherCase') }), other,
    make('datalist', { id: 'similar' }, ...(c.similar ?? []).map((near) => make('option', { value: near.id, textContent: near.text }))));
  const outcome = outcomeFields(draft.outcome, c, me);
  const attach = make('button', { type: 'button', className: 'button small', textContent: t('attach'), on: { click: () => files.click() } });
  const submit = make('button', { className: 'button primary' });
  const error = make('p', { className: 'error', attrs: { role: 'alert' } });
  const also = make('p', { className: 'soft', textContent: c.also_to?.length ? t('alsoTo', { n: c.also_to.length, ids: joined(c.also_to) }) : '' });
  const changes = draft.changes.length > 0 && make('div', { className: 'changes', id: 'changes', attrs: { role: 'status' } },
    make('p', { textContent: t('changed') }),
    make('ul', {}, ...draft.changes.map((change) => make('li', { textContent: `${change.who} ${change.action}${change.text ? `：${change.text}` : ''}` }))));
  const help = assist(c, me, (offer) => {
    text.value = text.value.trim() ? `${text.value}\n${offer.text}` : offer.text;
    if (!speaks.has(draft.action) || text.hidden) {
      draft.action = 'reply';
      form.querySelector('input[value="reply"]').checked = true;
      choose();
    }
    written();
    error.textContent = offer.missing?.length ? t('missing', { names: joined(offer.missing) }) : '';
    text.focus();
  });

  const choose = () => {
    const chosen = actions.find((a) => a.action === draft.action);
    hint.textContent = t(`hint_${draft.action}`);
    const needs = (what) => Boolean(chosen.needs?.includes(what));
    text.required = needs('reason') || (needs('words') && draft.files.length === 0);
    outcome.element.hidden = !needs('result');
    outcome.require(needs('result'));
    text.hidden = !(needs('reason') || needs('words') || needs('result'));
    attach.hidden = text.hidden || needs('result');
    offered();
    personField.hidden = !needs('person');
    stationField.hidden = !needs('station');
    station.required = needs('station');
    untilField.hidden = !needs('date');
    until.required = needs('date');
    otherField.hidden = !needs('case');
    other.required = needs('case');
    submit.textContent = changes ? t('sendStill', { action: termName(me.words.actions, draft.action) }) : termName(me.words.actions, draft.action);
    also.hidden = !also.textContent || !speaks.has(draft.action) || draft.action === 'ask';
    error.textContent = '';
  };
  const form = make('form', { className: 'work', id: 'work' },
    make('fieldset', {}, make('legend', { textContent: t('work') }), ...actions.map(({ action }) => make('label', { className: `choice ${action === 'reject' ? 'danger' : ''}` },
      make('input', { type: 'radio', name: 'action', value: action, checked: action === draft.action, on: { change: () => { draft.action = action; choose(); sign(c.id, draft); } } }),
      make('span', { textContent: termName(me.words.actions, action) })))),
    make('p', { className: 'replying', id: 'replying', attrs: { role: 'status' } }),
    outcome.element, stationField, personField, untilField, otherField, actions.some(({ action }) => action === 'reply') && help, textField, also, tray, changes, error, make('div', { className: 'do' }, attach, files, submit));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    submit.disabled = true;
    // What was written is for the case as it was then; anything else, for what is shown.
    const fields = { action: draft.action, version: String(text.hidden ? c.version : draft.seen || c.version) };
    if (!text.hidden) fields.text = draft.text;
    if (!stationField.hidden) fields.station = draft.station;
    if (!personField.hidden) fields.person = draft.person;
    if (!untilField.hidden) fields.until = draft.until;
    if (!otherField.hidden) fields.case = draft.other;
    if (!outcome.element.hidden) Object.assign(fields, draft.outcome);
    let body = fields;
    if (!attach.hidden && draft.files.length) {
      body = new FormData();
      for (const [name, value] of Object.entries(fields)) body.append(name, value);
      for (const file of draft.files) body.append('files', file, file.name);
    }
    try {
      const after = await ask('POST', `/api/staff/tickets/${encodeURIComponent(c.id)}/act`, body);
      drafts.delete(c.id);
      toast(t('done', { action: termName(me.words.actions, fields.action) }));
      done(after);
    } catch (problem) {
      submit.disabled = false;
      if (problem.changes?.length) {
        draft.changes = problem.changes;
        draft.seen = problem.version;
      }
      done(null, problem, problem.message || t('failed'));
      error.textContent = problem.message || t('failed');
    }
  });
  choose();
  queueMicrotask(() => showReplying(c)); // once the form is on the page
  return form;
}

/**
 * Makes the whole case. done(after, problem, message) is called when a step was taken or refused.
 */
export function caseElements(c, me, done) {
  return [
    make('a', { className: 'button small back', href: '#/', textContent: t('back') }),
    make('header', {}, make('h2', { textContent: c.id }), ...chips(c, me.words)),
    c.unheard && make('p', { className: 'unheard', attrs: { role: 'status' }, textContent: t('unheard', { why: c.unheard.why, when: whenShort(c.unheard.since) }) }),
    make('section', {}, make('h3', { textContent: t('text') }), make('p', { className: 'story', textContent: c.text })),
    facts(c),
    suggestions(c, me, done),
    work(c, me, done),
    make('section', {}, make('h3', { textContent: t('history') }), timeline(c, me.words)),
  ].filter(Boolean);
}
