// The library: upload documents, see how they were read and cut, correct what was
// guessed, publish, and take imports back.
import { $, ask, lang, joined, make, Problem, sure, t, toast } from './ui.js';
import { whenFull } from './staff-case.js';

const states = ['draft', 'in_force', 'superseded', 'repealed'];
let me = null;
let failed = () => {};
let last = []; // what became of the files uploaded last

/** Shows the library, or the document with the id. */
export function library(who, id, onProblem) {
  me = who;
  failed = onProblem;
  $('libText').textContent = t(supervisor() ? 'libText' : 'libTextAgent');
  $('libDraftLabel').hidden = !supervisor();
  fillStates();
  $('libraryList').hidden = Boolean(id);
  $('document').hidden = !id;
  if (id) return open(id);
  closeDocument();
  $('outcomes').replaceChildren(...outcomes(last));
  list();
  return imports();
}

/** Leaves nothing of the library on a screen that is logged out. */
export function closeLibrary() {
  last = [];
  listed = '';
  closeDocument();
  for (const name of ['documents', 'outcomes', 'importList']) $(name).replaceChildren();
}

const supervisor = () => me.role === 'supervisor';
const link = (id) => `#/library/${encodeURIComponent(id)}`;

function fillStates() {
  const select = $('libFilter').elements.state;
  const kept = select.value;
  select.replaceChildren(make('option', { value: '', textContent: t('libAllStates') }),
    ...states.map((state) => make('option', { value: state, textContent: t(`state_${state}`) })));
  select.value = kept;
}

// ---- List

let asked = 0;

async function list() {
  const turn = ++asked;
  const values = new URLSearchParams(new FormData($('libFilter')));
  try {
    const answer = await ask('GET', `/api/staff/library?${values}`);
    if (turn !== asked) return;
    const { documents, all } = answer;
    $('libCount').textContent = all === 0 ? t('libNone') : t(all > documents.length ? 'libCountMore' : 'libCount', { n: documents.length, all });
    $('documents').replaceChildren(...documents.map((d) => make('li', {}, make('a', { href: link(d.id) },
      make('span', { className: 'head' }, ...chips(d)),
      make('strong', { textContent: d.title }),
      make('span', { className: 'foot', textContent: facts(d) })))));
  } catch (problem) {
    failed(problem);
  }
}

function chips(d) {
  const published = d.state === 'in_force';
  const kind = { draft: 'warn', repealed: 'danger', superseded: 'plain' }[d.state] ?? '';
  return [
    make('span', { className: `chip ${kind}`, textContent: t(`state_${d.state}`) }),
    published && !d.hidden && !d.in_force && make('span', { className: 'chip danger', textContent: t('libNotNow') }),
    d.hidden && make('span', { className: 'chip plain', textContent: t('libHidden') }),
    d.bundled && make('span', { className: 'chip plain', textContent: t('libBundled') }),
    d.fault && make('span', { className: 'chip danger', textContent: t('libFault') }),
    d.guessed?.length > 0 && make('span', { className: 'chip guess', textContent: t('libGuessedN', { n: d.guessed.length }) }),
  ].filter(Boolean);
}

function facts(d) {
  const span = d.effective_from || d.effective_to ? `${d.effective_from ?? ''}–${d.effective_to ?? ''}` : d.issued;
  return [d.number, joined(d.issuers), span, d.version > 1 && t('libVersion', { n: d.version }), t('libUnits', { n: d.units })].filter(Boolean).join(' · ');
}

let typed = 0;
$('libFilter').addEventListener('input', () => {
  clearTimeout(typed);
  typed = setTimeout(list, 250);
});
$('libFilter').addEventListener('submit', (event) => { event.preventDefault(); list(); });

// ---- Upload

const upload = $('upload');
$('uploadFiles').addEventListener('change', () => {
  send([...$('uploadFiles').files]);
  $('uploadFiles').value = '';
});
for (const name of ['dragenter', 'dragover']) {
  upload.addEventListener(name, (event) => {
    event.preventDefault();
    upload.classList.add('over');
  });
}
for (const name of ['dragleave', 'drop']) upload.addEventListener(name, () => upload.classList.remove('over'));
upload.addEventListener('drop', (event) => {
  event.preventDefault();
  send([...event.dataTransfer.files]);
});
upload.addEventListener('submit', (event) => event.preventDefault());

async function send(files) {
  if (files.length === 0) return;
  const form = new FormData();
  if (!supervisor() || $('libDraft').checked) form.append('draft', '1');
  for (const file of files) form.append('files', file);
  $('uploadFiles').disabled = true;
  $('outcomes').replaceChildren();
  try {
    const answer = await post('/api/staff/library', form, (share) => {
      $('uploadProgress').hidden = false;
      $('uploadProgress').value = share;
      $('uploadState').textContent = share < 100 ? t('libSending', { n: share }) : t('libReading', { n: files.length });
    });
    last = answer.outcomes;
    $('outcomes').replaceChildren(...outcomes(last));
    list();
    imports();
  } catch (problem) {
    failed(problem);
  } finally {
    $('uploadFiles').disabled = false;
    $('uploadProgress').hidden = true;
    $('uploadState').textContent = '';
  }
}

/** Posts a form and tells how much of it is sent, in percent: fetch cannot. */
function post(path, form, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', path);
    request.responseType = 'json';
    request.setRequestHeader('Accept-Language', lang === 'en' ? 'en' : 'zh-CN');
    request.upload.addEventListener('progress', (event) => progress(Math.floor((100 * event.loaded) / Math.max(event.total, 1))));
    request.addEventListener('load', () => (request.status === 200 ? resolve(request.response) : reject(new Problem(request.status, request.response))));
    request.addEventListener('error', () => reject(new Problem(0)));
    request.send(form);
  });
}

const looks = { unchanged: 'plain', duplicate: 'plain', draft: 'warn' };

function outcomes(all) {
  return all.map((o) => {
    // The reason is in English; what is common has words of its own.
    const why = t(`why_${o.code}`) === `why_${o.code}` ? (lang === 'en' && o.reason) : t(`why_${o.code}`);
    const id = o.id && !o.failed;
    return make('li', { className: o.failed ? 'bad' : '' },
      make('span', { className: `chip ${o.failed ? 'danger' : looks[o.outcome] ?? ''}`, textContent: t(`out_${o.outcome}`) }),
      make('span', { className: 'what' },
        id ? make('a', { href: link(o.outcome === 'draft' && o.version > 1 ? `${o.id}-v${o.version}` : o.id), textContent: o.title || o.file }) : o.file,
        make('small', { textContent: [id && o.file, why, o.units && t('libUnits', { n: o.units }), o.unread_pages && t('libUnread', { n: joined(o.unread_pages) }), o.guessed && t('libGuessedN', { n: o.guessed.length })].filter(Boolean).join(' · ') })));
  });
}

// ---- Imports

let listed = ''; // the imports as they are shown

/** Reads the imports again. What is open or half pressed stays as it is unless there is news. */
async function imports() {
  try {
    const answer = await ask('GET', '/api/staff/imports');
    const now = JSON.stringify([lang, me.role, answer.imports]);
    if (now === listed) return;
    listed = now;
    const open = new Set([...$('importList').querySelectorAll('details[open]')].map((d) => d.dataset.import));
    $('importList').replaceChildren(...(answer.imports.length === 0
      ? [make('li', { className: 'soft', textContent: t('libImportsNone') })]
      : answer.imports.map((r) => oneImport(r, open.has(String(r.id))))));
  } catch (problem) {
    failed(problem);
  }
}

function oneImport(r, open) {
  const counts = Object.entries(r.counts).map(([kind, n]) => `${t(`out_${kind}`)} ${n}`).join(t('libAnd'));
  const body = make('details', { open, attrs: { 'data-import': r.id } }, make('summary', {}, t('libImport', { n: r.id, when: whenFull(r.at), by: r.by }), make('small', { textContent: counts })));
  body.addEventListener('toggle', async () => {
    if (!body.open || body.children.length > 1) return;
    try {
      const full = await ask('GET', `/api/staff/imports/${r.id}`);
      body.append(make('ul', { className: 'outcomes' }, ...outcomes(full.outcomes ?? [])));
    } catch (problem) {
      failed(problem);
    }
  });
  return make('li', {}, body,
    r.undone_by ? make('span', { className: 'soft', textContent: t('libUndone', { when: whenFull(r.undone_at), by: r.undone_by }) })
      : supervisor() && sure('libUndo', '', async () => {
        await ask('POST', `/api/staff/imports/${r.id}/undo`);
        toast(t('libUndoDone'));
        last = [];
        $('outcomes').replaceChildren();
        list();
        imports();
      }, failed));
}

// ---- One document

let opened = ''; // ID of the document that is shown

function closeDocument() {
  opened = '';
  $('document').replaceChildren();
}

async function open(id) {
  try {
    const d = await ask('GET', `/api/staff/library/${encodeURIComponent(id)}`);
    if (decodeURIComponent(location.hash) !== decodeURIComponent(link(id))) return; // somebody has clicked on
    if (opened === id) return drawAgain(d);
    draw(d);
    $('document').focus({ preventScroll: true });
    scrollTo(0, 0);
  } catch (problem) {
    failed(problem);
    if (problem.status === 404) location.hash = '#/library';
  }
}

/** Draws the document that is shown: what is being corrected or read stays. */
function drawAgain(d) {
  const inputs = () => [...$('document').querySelectorAll('.fields input')];
  const typed = inputs().filter((f) => f.value !== f.defaultValue).map((f) => [f.name, f.value]);
  const read = [...$('document').querySelectorAll('.parts details[open]')].map((part) => part.dataset.slug);
  const focused = document.activeElement?.closest('.fields') && document.activeElement.name;
  draw(d);
  for (const f of inputs()) {
    for (const [name, value] of typed) if (f.name === name) f.value = value;
    if (focused && f.name === focused) f.focus();
  }
  for (const part of $('document').querySelectorAll('.parts details')) part.open = read.includes(part.dataset.slug);
}

async function review(d, action, body = {}) {
  const after = await ask('POST', `/api/staff/library/${encodeURIComponent(d.id)}/${action}`, body);
  toast(t(action === 'set' ? 'libSaved' : `done_${action}`));
  if (!after) {
    location.hash = '#/library';
    return;
  }
  history.replaceState(null, '', link(after.id)); // a published draft goes by another id
  draw(after);
}

function draw(d) {
  opened = d.id;
  const can = {
    publish: d.state !== 'in_force' && d.state !== 'superseded' && !d.hidden,
    withdraw: d.state !== 'draft' && d.state !== 'superseded' && !d.bundled,
    repeal: d.state === 'in_force' && !d.hidden,
    remove: !d.bundled,
  };
  const buttons = supervisor() ? Object.keys(can).filter((action) => can[action]).map((action) => (
    sure(`do_${action}`, { publish: 'primary', remove: 'danger' }[action] ?? '', () => review(d, action), failed))) : [];
  $('document').replaceChildren(...[
    make('a', { href: '#/library', className: 'button small quiet', textContent: t('libBack') }),
    make('header', {}, make('h2', { textContent: d.title }), ...chips(d)),
    d.superseded_on && make('p', { className: 'soft' }, `${t('libSupersededOn', { when: d.superseded_on })} `, make('a', { href: link(d.document), textContent: d.document })),
    !d.superseded_on && note('libSupersededBy', d.superseded_by),
    note('libDuplicateOf', d.duplicate_of),
    ...(d.contradicts ?? []).map((id) => note('libContradicts', id)),
    make('p', { className: 'soft', textContent: [d.id, t('libVersion', { n: d.version }), d.file].filter(Boolean).join(' · ') }),
    buttons.length > 0 && make('div', { className: 'do' }, ...buttons),
    fields(d),
    make('section', {}, make('h3', { textContent: `${t('libParts')} · ${t('libUnits', { n: d.parts.length })}` }), make('ol', { className: 'parts' }, ...d.parts.map(part))),
    d.versions.length > 1 && make('section', {}, make('h3', { textContent: t('libVersions') }),
      make('ul', { className: 'documents' }, ...d.versions.map((v) => make('li', {}, make('a', { href: link(v.id) },
        make('span', { className: 'head' }, t('libVersion', { n: v.version }), ...chips(v)), make('span', { className: 'foot', textContent: facts(v) })))))),
    make('section', {}, make('h3', { textContent: t('libHistory') }), make('ul', { className: 'soft' }, ...d.history.map((line) => make('li', {
      textContent: [t('libLine', { when: whenFull(line.at), action: t(`act_${line.action}`), version: line.version }), line.by, line.import && t('libByImport', { n: line.import })].filter(Boolean).join(' · '),
    })))),
  ].filter(Boolean));
}

const note = (key, id) => id && make('p', { className: 'note' }, `${t(key)} `, make('a', { href: link(id), textContent: id }));

function part(u) {
  return make('li', {}, make('details', { attrs: { 'data-slug': u.slug } }, make('summary', {}, make('strong', { textContent: u.title }),
    u.path && u.path !== u.title && make('small', { textContent: u.path })),
  make('div', { className: 'body', textContent: u.body }),
  u.aliases && make('p', { className: 'soft aliases', textContent: t('libAliases', { words: u.aliases.join(' / ') }) })));
}

function fields(d) {
  const form = make('form', { className: 'fields' });
  for (const f of d.fields) {
    form.append(make('label', { className: `field ${f.guessed ? 'guessed' : ''}` },
      make('span', {}, t(`key_${f.key}`), f.guessed && make('em', { className: 'chip guess', textContent: t('libGuessed') })),
      make('input', { className: 'input', name: f.key, value: f.value, defaultValue: f.value, readOnly: !supervisor(), autocomplete: 'off', maxLength: 2000 })));
  }
  const error = make('p', { className: 'error', attrs: { role: 'alert' } });
  form.append(error);
  const save = async (counts) => {
    error.textContent = '';
    const changed = d.fields.map((f) => ({ ...f, value: form.elements[f.key].value.trim(), before: f.value }))
      .filter((f) => f.value !== f.before || counts(f)).map(({ key, value }) => ({ key, value }));
    if (changed.length === 0) return;
    try {
      await review(d, 'set', { fields: changed });
    } catch (problem) {
      if (problem.status === 422) error.textContent = problem.message;
      else failed(problem);
    }
  };
  if (supervisor()) {
    form.append(make('div', { className: 'do' }, make('button', { className: 'button', textContent: t('libSave') }),
      d.guessed?.length > 0 && make('button', { type: 'button', className: 'button', textContent: t('libConfirm'), on: { click: () => save((f) => f.guessed) } })));
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    save(() => false);
  });
  return make('section', {}, make('h3', { textContent: t('libFacts') }), d.guessed?.length > 0 && make('p', { className: 'soft', textContent: t('libFactsText') }), form);
}
