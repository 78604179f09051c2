// What the staff decide about answering: pins, blocks and synonyms. What a decision
// would change is shown before it is made.
import { $, ask, make, t } from './ui.js';
import { whenFull } from './staff-case.js';

let me = null;
let failed = () => {};
let tried = ''; // what was tried last: only that can be decided

/** Shows the section; the units that match can be picked in its form. */
export function overrides(who, onProblem) {
  me = who;
  failed = onProblem;
  const kind = form.kind;
  const kept = kind.value || 'pin';
  kind.replaceChildren(...['pin', 'block', 'synonym'].map((k) => make('option', { value: k, textContent: t(`override_${k}`) })));
  kind.value = kept;
  fields();
  $('overrideDo').hidden = me.role !== 'supervisor';
  return list();
}

/** Leaves nothing on a screen that is logged out. */
export function closeOverrides() {
  $('override').reset();
  $('overrideUnits').replaceChildren();
  $('overrideChanges').replaceChildren();
  $('overrides').replaceChildren();
}

const form = $('override').elements;

function fields() {
  const kind = form.kind.value;
  $('overrideQuestion').hidden = kind !== 'pin';
  $('overrideUnit').hidden = kind === 'synonym';
  $('overrideWords').hidden = kind !== 'synonym';
  untried();
}

function untried() {
  tried = '';
  $('overrideDo').disabled = true;
  $('overrideChanges').replaceChildren();
  $('overrideError').textContent = '';
}

form.kind.addEventListener('change', fields);
for (const name of ['question', 'words', 'unit']) form[name].addEventListener('input', untried);

let typed = 0;
form.search.addEventListener('input', () => {
  clearTimeout(typed);
  typed = setTimeout(find, 250);
});

async function find() {
  const q = form.search.value.trim();
  if (!q) return;
  try {
    const { units } = await ask('GET', `/api/staff/units?q=${encodeURIComponent(q)}`);
    if (form.search.value.trim() !== q) return;
    form.unit.replaceChildren(...units.map((u) => make('option', { value: u.unit, textContent: u.title })));
    untried();
  } catch (problem) {
    failed(problem);
  }
}

function decision() {
  const kind = form.kind.value;
  return {
    kind,
    question: kind === 'pin' ? form.question.value : '',
    unit: kind === 'synonym' ? '' : form.unit.value,
    words: kind === 'synonym' ? form.words.value.split(/[\s,，、;；]+/).filter(Boolean) : [],
  };
}

$('override').addEventListener('submit', async (event) => {
  event.preventDefault();
  $('overrideError').textContent = '';
  const what = decision();
  const key = JSON.stringify(what);
  try {
    if (tried !== key) {
      $('overrideTry').disabled = true;
      const { asked, changes } = await ask('POST', '/api/staff/overrides/check', what);
      tried = key;
      $('overrideDo').disabled = false;
      $('overrideChanges').replaceChildren(make('p', { className: 'soft', textContent: t(changes.length ? 'overrideChanges' : 'overrideNoChanges', { n: changes.length, asked }) }),
        make('ul', {}, ...changes.map(change)));
      return;
    }
    if (event.submitter !== $('overrideDo')) return;
    await ask('POST', '/api/staff/overrides', { ...what, why: form.why.value });
    $('override').reset();
    form.unit.replaceChildren();
    fields();
    list();
  } catch (problem) {
    if (problem.status === 401) return failed(problem);
    $('overrideError').textContent = problem.message || t('failed');
  } finally {
    $('overrideTry').disabled = false;
  }
});

function change(c) {
  const name = c.worse ? 'worse' : c.better ? 'better' : 'other';
  const kind = { worse: 'danger', better: '', other: 'plain' }[name];
  const told = (a) => t(`decision_${a.decision}`) + (a.text ? `：${a.text.slice(0, 60)}` : '');
  return make('li', {},
    make('span', { className: `chip ${kind}`, textContent: t(`override_${name}`) }),
    make('div', {}, make('strong', { textContent: c.question }),
      make('p', { className: 'soft', textContent: `${told(c.before)} → ${told(c.after)}` })));
}

async function list() {
  try {
    const { overrides: all } = await ask('GET', '/api/staff/overrides');
    $('overrides').replaceChildren(...(all.length ? all.map(one) : [make('li', { className: 'soft', textContent: t('overridesNone') })]));
  } catch (problem) {
    failed(problem);
  }
}

function one(o) {
  const what = { pin: `${o.question} → ${o.title || o.unit}`, block: o.title || o.unit, synonym: o.words?.join(' = ') }[o.kind];
  return make('li', { className: o.undone_by ? 'undone' : '' },
    make('div', {},
      make('span', { className: 'chip plain', textContent: t(`override_${o.kind}`) }), ' ', make('strong', { textContent: what }),
      make('p', { className: 'soft', textContent: t('overrideWhy', { by: o.by, when: whenFull(o.at), why: o.why }) }),
      !o.undone_by && o.kind !== 'synonym' && !o.title && make('p', { className: 'error', textContent: t('overrideGone') }),
      o.undone_by && make('p', { className: 'soft', textContent: t('overrideUndone', { by: o.undone_by, when: whenFull(o.undone_at) }) })),
    !o.undone_by && me.role === 'supervisor' && make('button', { type: 'button', className: 'button small', textContent: t('overrideUndo'), on: { click: () => undo(o.id) } }));
}

async function undo(id) {
  try {
    await ask('POST', `/api/staff/overrides/${id}/undo`);
  } catch (problem) {
    failed(problem);
  }
  list();
}
