// Unanswered questions: what was asked in which words, what came nearest, one
// answer for all who asked, and how well questions are answered over time.
import { $, ask, make, sure, t, toast } from './ui.js';
import { whenFull } from './staff-case.js';

let me = null;
let failed = () => {};
let shown = []; // the gaps as they are listed
let drawn = ''; // the state that they are in
const written = new Map(); // gap -> what is being answered, kept while the list is drawn anew

/** Shows the page. */
export function gaps(who, onProblem) {
  me = who;
  failed = onProblem;
  const select = $('gapState');
  const kept = select.value || 'open';
  select.replaceChildren(...['open', 'answered', 'closed'].map((s) => make('option', { value: s, textContent: t(`gapState_${s}`) })));
  select.value = kept;
  if (writing()) late = true;
  else list();
  return figures();
}

/** Leaves nothing of the questions on a screen that is logged out. */
export function closeGaps() {
  shown = [];
  written.clear();
  $('gaps').replaceChildren();
  $('askedWeeks').replaceChildren();
}

$('gapState').addEventListener('change', () => list());

// News waits while somebody writes an answer or has pressed a button once that wants
// to be pressed twice: a list drawn anew would break off the word that an input
// method is composing, and forget the first press.
const writing = () => Boolean(document.activeElement?.closest('#gaps form') || $('gaps').querySelector('[data-armed]'));
let late = false;
$('gaps').addEventListener('focusout', () => setTimeout(() => { if (late && !writing()) list(); }, 1000));

let turn = 0;

/** Reads the list again. told: that somebody was faster has been said. */
async function list(told = false) {
  const mine = ++turn;
  late = false;
  try {
    const answer = await ask('GET', `/api/staff/gaps?state=${$('gapState').value}`);
    if (mine !== turn) return;
    const gone = drawn === answer.state && shown.find((g) => written.has(g.id) && !answer.gaps.some((o) => o.id === g.id));
    if (gone && !told) toast(t('gapGone', gone));
    drawn = answer.state;
    shown = answer.gaps;
    const open = new Set([...$('gaps').querySelectorAll('details[open]')].map((d) => d.dataset.gap));
    const active = document.activeElement?.closest('#gaps') && document.activeElement.id;
    $('gaps').replaceChildren(...(shown.length ? shown.map((g) => card(g, open.has(g.id))) : [make('li', { className: 'soft', textContent: t('gapsNone') })]));
    $('gapsMore').textContent = answer.more ? t('gapsMore', { n: shown.length }) : '';
    if (active !== undefined && active !== null) ($(active || 'gapState') ?? $('gapState')).focus({ preventScroll: true });
  } catch (problem) {
    failed(problem);
  }
}

async function step(path, body) {
  try {
    const answer = await ask('POST', `/api/staff/gaps/${path}`, body);
    list();
    return answer ?? {};
  } catch (problem) {
    failed(problem);
    if (problem.status === 404 || problem.status === 409) list(true); // somebody was faster
    return null;
  }
}

function card(g, open) {
  const refused = g.wordings.some((w) => w.reason === 'refused');
  const unhelpful = g.wordings.some((w) => w.reason === 'unhelpful');
  return make('li', {}, make('details', { open, attrs: { 'data-gap': g.id } },
    make('summary', { id: `gap-${g.id}` },
      make('strong', { textContent: g.question }),
      make('span', { className: 'foot' },
        refused && make('span', { className: 'chip plain', textContent: t('gap_refused') }),
        unhelpful && make('span', { className: 'chip warn', textContent: t('gap_unhelpful') }),
        make('span', { textContent: t('gapTimes', { n: g.count, people: g.askers, first: whenFull(g.first), when: whenFull(g.last) }) }))),
    g.answer && answered(g.answer),
    g.wordings.length > 1 && section('gapWordings', make('ul', {}, ...g.wordings.map((w) => wording(g, w)))),
    g.nearest.length > 0 && section('gapNearest', make('ul', {}, ...g.nearest.map(near))),
    answerForm(g),
    make('div', { className: 'do' }, merger(g),
      g.state !== 'closed' && sure('gapDone', '', async () => {
        await ask('POST', `/api/staff/gaps/${g.id}/close`);
        written.delete(g.id);
        list();
      }, failed))));
}

const section = (title, ...content) => make('section', {}, make('h3', { textContent: t(title) }), ...content);

function answered(answer) {
  return make('section', { className: 'said' },
    make('h3', { textContent: t('gapAnsweredBy', { by: answer.by, when: whenFull(answer.at) }) }),
    make('p', { textContent: answer.text }),
    answer.document && make('p', {}, make('a', { href: `#/library/${encodeURIComponent(answer.document)}`, textContent: t('gapDraft') })));
}

function wording(g, w) {
  return make('li', {}, make('span', { textContent: `${w.question}　×${w.count}` }),
    make('button', { type: 'button', className: 'button small quiet', textContent: t('gapSplit'), on: { click: () => step(`${g.id}/split`, { wording: w.id }) } }));
}

function near(n) {
  const [doc] = n.unit.split('#');
  return make('li', {},
    me.library ? make('a', { href: `#/library/${encodeURIComponent(doc)}`, textContent: n.title }) : make('span', { textContent: n.title }),
    n.sure > 0 && make('span', { className: 'soft', textContent: t('gapSure', { n: Math.round(n.sure * 100) }) }));
}

function answerForm(g) {
  const draft = written.get(g.id) ?? { text: g.answer?.text ?? '', unit: g.answer?.unit ?? '', keep: true, question: g.question };
  const write = (change) => written.set(g.id, Object.assign(draft, change));
  const text = make('textarea', { className: 'input', rows: 4, maxLength: 8000, required: true, value: draft.text, on: { input: () => write({ text: text.value }) } });
  const unit = make('select', { className: 'input', on: { change: () => write({ unit: unit.value }) } },
    make('option', { value: '', textContent: t('gapNoUnit') }), ...g.nearest.map((n) => make('option', { value: n.unit, textContent: n.title })));
  unit.value = draft.unit;
  if (unit.value !== draft.unit) unit.value = draft.unit = ''; // it did not come near this time
  const question = make('input', { className: 'input', maxLength: 300, value: draft.question, autocomplete: 'off', on: { input: () => write({ question: question.value }) } });
  const keepAs = make('label', { className: 'field', hidden: !draft.keep }, make('span', { textContent: t('gapKeepAs') }), question);
  const keep = make('input', { type: 'checkbox', checked: draft.keep, on: { change: () => {
    keepAs.hidden = !keep.checked;
    write({ keep: keep.checked });
  } } });
  const send = make('button', { className: 'button primary', textContent: t('gapSend') });
  return make('form', { className: 'stack', on: { submit: async (event) => {
    event.preventDefault();
    send.disabled = true;
    const done = await step(`${g.id}/answer`, { text: draft.text, unit: draft.unit, question: draft.question, keep: draft.keep && Boolean(me.library), seen: g.answer?.at });
    send.disabled = false;
    if (!done) return;
    written.delete(g.id);
    toast(t(`gapSent${done.told ? '' : 'None'}${done.document ? 'Kept' : ''}`, { n: done.told }));
  } } },
  make('label', { className: 'field' }, make('span', { textContent: t('gapAnswer') }), text),
  g.nearest.length > 0 && make('label', { className: 'field' }, make('span', { textContent: t('gapRests') }), unit),
  me.library && keepAs,
  make('div', { className: 'do' },
    me.library && make('label', { className: 'check' }, keep, ` ${t('gapKeep')}`), send));
}

function merger(g) {
  const others = shown.filter((o) => o.id !== g.id);
  if (others.length === 0) return null;
  const merge = make('button', { type: 'button', className: 'button small', disabled: true, textContent: t('gapMergeDo'), on: { click: async () => {
    const into = select.value;
    if (!await step(`${g.id}/merge`, { into })) return;
    if (written.has(g.id) && !written.has(into)) written.set(into, written.get(g.id));
    written.delete(g.id);
  } } });
  // Chosen and done are two things: the keyboard changes a choice on its way through.
  const select = make('select', { className: 'input', attrs: { 'aria-label': t('gapMerge') }, on: { change: () => { merge.disabled = !select.value; } } },
    make('option', { value: '', textContent: t('gapMerge') }), ...others.map((o) => make('option', { value: o.id, textContent: o.question })));
  return make('span', { className: 'pair' }, select, merge);
}

// ---- Figures

async function figures() {
  try {
    const { weeks } = await ask('GET', '/api/staff/asked');
    $('askedNone').hidden = weeks.length > 0;
    $('askedTable').hidden = weeks.length === 0;
    $('askedWeeks').replaceChildren(...weeks.reverse().map((w) => make('tr', {},
      make('th', { scope: 'row', textContent: w.day }),
      make('td', { textContent: w.asked }),
      make('td', {}, make('meter', { min: 0, max: 1, value: w.share, attrs: { 'aria-hidden': 'true' } }), ` ${Math.round(w.share * 100)}%`),
      make('td', { textContent: `${w.helped} / ${w.unhelped}` }))));
  } catch (problem) {
    failed(problem);
  }
}
