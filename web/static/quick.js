// Quick replies: texts that a station answers with often, with placeholders that are
// filled in from the case.
import { $, ask, lang, make, sure, t, toast } from './ui.js';
import { placeName, whenFull } from './staff-case.js';

let me = null;
let failed = () => {};
let turn = 0;
let editing = 0; // the one that is in the form, 0 for a new one

/** Shows the page. */
export function quick(who, onProblem) {
  me = who;
  failed = onProblem;
  const kept = form.station.value;
  form.station.replaceChildren(
    ...(me.role === 'supervisor' ? [make('option', { value: '', textContent: t('everyStation') })] : []),
    ...me.stations.map((place) => make('option', { value: place.id, textContent: placeName(place) })));
  if ([...form.station.options].some((o) => o.value === kept)) form.station.value = kept;
  draw();
  return list();
}

/** Leaves nothing on a screen that is logged out. */
export function closeQuick() {
  turn++;
  stop();
  $('quickList').replaceChildren();
}

const form = $('quick').elements;

function stop() {
  editing = 0;
  $('quick').reset();
  $('quickError').textContent = '';
  draw();
}

function draw() {
  $('quickDo').textContent = t(editing ? 'quickSave' : 'quickAdd');
  $('quickCancel').hidden = !editing;
}
$('quickCancel').addEventListener('click', stop);

async function list() {
  const mine = ++turn;
  try {
    const { replies, placeholders } = await ask('GET', '/api/staff/quick');
    if (mine !== turn) return;
    $('placeholders').replaceChildren(...placeholders.map((p) => {
      const mark = `{${lang === 'en' ? p.name : p.zh}}`;
      return make('button', { type: 'button', className: 'button small', textContent: mark, on: { click: () => insert(mark) } });
    }));
    $('quickList').replaceChildren(...(replies.length ? replies.map(item) : [make('li', { className: 'soft', textContent: t('quickNone') })]));
  } catch (problem) {
    failed(problem);
  }
}

function insert(mark) {
  form.text.setRangeText(mark, form.text.selectionStart, form.text.selectionEnd, 'end');
  form.text.focus();
}

function item(q) {
  const place = q.station ? placeName(me.stations.find((s) => s.id === q.station)) || q.station : t('everyStation');
  return make('li', {},
    make('div', { className: 'what' }, make('strong', { textContent: q.title }), make('span', { className: 'chip plain', textContent: place })),
    make('p', { className: 'said', textContent: q.text }),
    make('div', { className: 'do' }, make('small', { className: 'soft', textContent: `${q.by} · ${whenFull(q.at)}` }),
      q.keep && make('button', { type: 'button', className: 'button small', textContent: t('quickEdit'), on: { click: () => edit(q) } }),
      q.keep && sure('quickRemove', 'danger', async () => {
        await ask('POST', `/api/staff/quick/${q.id}/remove`);
        if (editing === q.id) stop();
        await list();
      }, failed)));
}

function edit(q) {
  editing = q.id;
  form.station.value = q.station;
  form.title.value = q.title;
  form.text.value = q.text;
  draw();
  form.title.focus();
}

$('quick').addEventListener('submit', async (event) => {
  event.preventDefault();
  $('quickError').textContent = '';
  $('quickDo').disabled = true;
  try {
    await ask('POST', '/api/staff/quick', { id: editing, station: form.station.value, title: form.title.value, text: form.text.value });
    toast(t('quickSaved', { title: form.title.value }));
    stop();
    await list();
  } catch (problem) {
    if (problem.status === 401) failed(problem);
    $('quickError').textContent = problem.message || t('failed');
  } finally {
    $('quickDo').disabled = false;
  }
});
