// Visits to companies: figures, the list, one visit, entering one, and importing a sheet.
import { $, ask, fileList, lang, joined, make, Problem, sure, t, toast } from './ui.js';
import { placeName, whenFull } from './staff-case.js';

const spans = ['month', 'week', 'quarter', 'year', 'all', 'own'];
const ways = ['', 'week', 'month', 'quarter', 'year', 'station', 'town', 'observer'];
const columns = ['visits', 'companies', 'opinions', 'solved', 'study', 'explained', 'open'];
const heads = ['figVisits', 'figCompanies', 'figOpinions', 'figSolved', 'figStudy', 'figExplained', 'figOpen'];

let me = null;
let failed = () => {};
let offers = null; // what form and filter offer, in the language of the page
let writing = { id: '', text: '' }; // an opinion that is being added, kept while its visit is drawn anew
let shown = []; // the list as far as it is shown

/** Shows the page, or the visit with the id. */
export async function visits(who, id, onProblem) {
  me = who;
  failed = onProblem;
  $('visitsPage').hidden = Boolean(id);
  $('visit').hidden = !id;
  try {
    offers = await ask('GET', '/api/staff/visits/form');
    fill();
    if (id) return await open(id);
    $('visit').replaceChildren();
    return refresh();
  } catch (problem) {
    return failed(problem);
  }
}

/** Leaves nothing of the visits on a screen that is logged out. */
export function closeVisits() {
  turn++;
  shown = [];
  offers = null;
  writing = { id: '', text: '' };
  for (const name of ['visit', 'visitList', 'figureRows', 'importResult', 'opinionRows']) $(name).replaceChildren();
  $('visitForm').reset();
}

const option = (value, textContent) => make('option', { value, textContent });

function choices(select, first, items) {
  const kept = select.value;
  select.replaceChildren(...(first ? [option('', first)] : []), ...items);
  if ([...select.options].some((o) => o.value === kept)) select.value = kept;
}

function fill() {
  const filter = $('visitFilter').elements;
  const stations = me.stations.map((s) => option(s.id, placeName(s)));
  choices(filter.span, '', spans.map((s) => option(s, t(`span_${s}`))));
  choices(filter.station, t('allStations'), stations);
  filter.station.hidden = me.stations.length < 2;
  choices(filter.observer, t('visitsAllObservers'), offers.observers.map((name) => option(name, name)));
  filter.observer.hidden = offers.observers.length === 0;
  choices(filter.by, '', ways.map((w) => option(w, t(`by_${w}`))));
  const form = $('visitForm').elements;
  choices(form.station, '', me.stations.map((s) => option(s.id, placeName(s))));
  $('visitStation').hidden = me.stations.length < 2;
  choices(form.town, t('unknown'), offers.towns.map((town) => option(town.id, placeName(town))));
  form.day.max = offers.today;
  $('visitors').replaceChildren(...offers.observers.map((name) => option(name, name)));
  for (const select of $('opinionRows').querySelectorAll('select')) outcomes(select);
  if (!$('opinionRows').children.length) addOpinion();
}

function outcomes(select, value = select.value) {
  const order = ['', ...offers.outcomes.map((o) => o.id).filter(Boolean)];
  select.replaceChildren(...order.map((id) => option(id, offers.outcomes.find((o) => o.id === id).name)));
  select.value = value;
  return select;
}

// ---- Filter

/** The days of the span that is chosen, both included. */
function days() {
  const filter = $('visitFilter').elements;
  if (filter.span.value === 'own') return [filter.from.value, filter.to.value];
  if (filter.span.value === 'all') return ['', ''];
  const today = new Date(`${offers.today}T00:00:00Z`);
  const [y, m, d] = [today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate()];
  const at = (...date) => new Date(Date.UTC(...date)).toISOString().slice(0, 10);
  switch (filter.span.value) {
    case 'week': {
      const monday = d - ((today.getUTCDay() + 6) % 7);
      return [at(y, m, monday), at(y, m, monday + 6)];
    }
    case 'quarter': return [at(y, m - (m % 3), 1), at(y, m - (m % 3) + 3, 0)];
    case 'year': return [at(y, 0, 1), at(y, 12, 0)];
    default: return [at(y, m, 1), at(y, m + 1, 0)];
  }
}

function query(more = {}) {
  const filter = $('visitFilter').elements;
  const [from, to] = days();
  const values = new URLSearchParams();
  const all = { from, to, station: filter.station.value, observer: filter.observer.value, q: filter.q.value.trim(), ...more };
  for (const [name, value] of Object.entries(all)) if (value) values.set(name, value);
  return values;
}

let typed = 0;
$('visitFilter').addEventListener('input', () => {
  clearTimeout(typed);
  typed = setTimeout(refresh, 250);
});
$('visitFilter').addEventListener('submit', (event) => { event.preventDefault(); refresh(); });

let turn = 0;

/** Reads figures and list again. */
async function refresh() {
  if (!me || !offers) return;
  const mine = ++turn;
  const filter = $('visitFilter').elements;
  $('visitDays').hidden = filter.span.value !== 'own';
  try {
    const [figures, list] = await Promise.all([
      ask('GET', `/api/staff/visits/figures?${query({ by: filter.by.value })}`),
      ask('GET', `/api/staff/visits?${query()}`),
    ]);
    if (mine !== turn) return; // a newer question is under way
    drawFigures(figures);
    shown = list.visits;
    drawList(list.more);
  } catch (problem) {
    if (mine === turn) failed(problem);
  }
}

function drawFigures({ total, rows }) {
  const row = (name, f, className = '') => make('tr', { className },
    make('th', { scope: 'row', textContent: name }), ...columns.map((c) => make('td', { textContent: f[c] })));
  $('figureHeads').replaceChildren(make('th', { scope: 'col', textContent: $('visitFilter').elements.by.value && t(`by_${$('visitFilter').elements.by.value}`) }),
    ...heads.map((head) => make('th', { scope: 'col', textContent: t(head) })));
  $('figureRows').replaceChildren(...rows.map((r) => row(r.name, r)), row(t('figTotal'), total, 'total'));
}

function drawList(more) {
  $('visitCount').textContent = shown.length ? '' : t('visitsNone');
  $('visitList').replaceChildren(...shown.map((v) => make('li', {}, make('a', { href: `#/visits/${encodeURIComponent(v.id)}` },
    make('span', { className: 'head' }, make('span', { className: 'number', textContent: v.day }),
      v.observer && make('span', { className: 'chip', textContent: v.visitor })),
    make('strong', { textContent: joined(v.companies) }),
    make('span', { className: 'text', textContent: v.opinions.map((o) => o.text).join('；') }),
    make('span', { className: 'foot' },
      make('span', { textContent: [placeName(v.station), !v.observer && v.visitor].filter(Boolean).join(' · ') }),
      make('span', { textContent: t('visitsOpinions', { n: v.opinions.length }) }))))));
  $('visitMore').hidden = !more;
}

$('visitMore').addEventListener('click', async () => {
  const mine = turn;
  try {
    const list = await ask('GET', `/api/staff/visits?${query({ offset: shown.length })}`);
    if (mine !== turn) return;
    shown = [...shown, ...list.visits];
    drawList(list.more);
  } catch (problem) {
    failed(problem);
  }
});

// ---- Files to take away

/** Saves what the server sends, in the language of the page. */
async function save(path) {
  try {
    const answer = await fetch(path, { headers: { 'Accept-Language': lang === 'en' ? 'en' : 'zh-CN' } });
    if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => undefined));
    const named = /filename\*=utf-8''([^;]+)|filename="?([^";]+)/i.exec(answer.headers.get('Content-Disposition') ?? '');
    const href = URL.createObjectURL(await answer.blob());
    make('a', { href, download: decodeURIComponent(named?.[1] ?? named?.[2] ?? 'visits') }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60000);
  } catch (problem) {
    failed(problem);
  }
}

for (const format of ['csv', 'xlsx']) {
  $(`figures-${format}`).addEventListener('click', () => save(`/api/staff/visits/figures?${query({ by: $('visitFilter').elements.by.value, format })}`));
}
$('visitTemplate').addEventListener('click', () => save('/api/staff/visits/template'));

// ---- Import

$('visitSheet').addEventListener('change', async () => {
  const [file] = $('visitSheet').files;
  $('visitSheet').value = '';
  if (!file) return;
  const form = new FormData();
  form.append('files', file);
  $('visitSheet').disabled = true;
  $('importResult').replaceChildren(make('p', { textContent: t('visitImporting') }));
  try {
    result(await ask('POST', '/api/staff/visits/import', form));
    refresh();
  } catch (problem) {
    $('importResult').replaceChildren(make('p', { className: 'error', textContent: problem.message || t('failed') }));
    if (problem.status === 401) failed(problem);
  } finally {
    $('visitSheet').disabled = false;
  }
});

function result({ added, opinions, known, faults, ignored }) {
  const names = ignored.length > 0 && make('p', { className: 'soft', textContent: t('visitIgnored', { names: joined(ignored) }) });
  if (faults.length > 0) {
    $('importResult').replaceChildren(...[make('p', { className: 'error', textContent: t('visitFaults', { n: faults.length }) }),
      make('ul', { className: 'faults' }, ...faults.map((f) => make('li', {},
        make('strong', { textContent: [f.row ? t('visitFaultRow', { row: f.row }) : t('visitFaultAll'), f.column].filter(Boolean).join(' · ') }),
        make('span', { textContent: f.message })))), names].filter(Boolean));
    return;
  }
  $('importResult').replaceChildren(...[make('p', { textContent: t('visitImported', { n: added, m: opinions }) }),
    known.length > 0 && make('p', { textContent: t('visitKnown', { n: known.length, rows: joined(known) }) }), names].filter(Boolean));
}

// ---- Entering a visit

function addOpinion() {
  const select = outcomes(make('select', { className: 'input', attrs: { 'aria-label': t('visitOutcome') } }), '');
  const text = make('textarea', { className: 'input', rows: 2, maxLength: 2000, attrs: { 'aria-label': t('visitOpinion') } });
  const row = make('li', {}, text, select,
    make('button', { type: 'button', className: 'button small quiet', textContent: '✕', attrs: { 'aria-label': t('visitDropOpinion') }, on: { click: () => {
      row.remove();
      if (!$('opinionRows').children.length) addOpinion();
    } } }));
  $('opinionRows').append(row);
  return text;
}
$('opinionMore').addEventListener('click', () => addOpinion().focus());

$('visitForm').addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = $('visitForm').elements;
  const body = new FormData();
  for (const name of ['companies', 'day', 'station', 'town', 'visitor', 'met']) body.append(name, form[name].value);
  const opinions = [...$('opinionRows').children].map((row) => ({ text: row.querySelector('textarea').value, outcome: row.querySelector('select').value }));
  body.append('opinions', JSON.stringify(opinions));
  for (const file of form.files.files) body.append('files', file);
  const button = $('visitForm').querySelector('.primary');
  button.disabled = true;
  $('visitError').textContent = '';
  try {
    await ask('POST', '/api/staff/visits', body);
    $('visitForm').reset();
    $('opinionRows').replaceChildren();
    fill();
    toast(t('visitSaved'));
    refresh();
  } catch (problem) {
    $('visitError').textContent = problem.message || t('failed');
    if (problem.status === 401) failed(problem);
  } finally {
    button.disabled = false;
  }
});

// ---- One visit

async function open(id) {
  try {
    draw(await ask('GET', `/api/staff/visits/${encodeURIComponent(id)}`));
    scrollTo(0, 0);
    $('visit').focus({ preventScroll: true });
  } catch (problem) {
    failed(problem);
    if (problem.status === 404) location.hash = '#/visits';
  }
}

const path = (v, rest) => `/api/staff/visits/${encodeURIComponent(v.id)}/${rest}`;

/** Makes a change and shows the visit after it; done is called once it is made. */
async function change(v, rest, body, done = () => {}) {
  try {
    const after = await ask('POST', path(v, rest), body);
    done();
    draw(after);
  } catch (problem) {
    failed(problem);
    if (problem.status !== 401) open(v.id);
  }
}

function draw(v) {
  const fact = (name, value) => value && make('div', {}, make('dt', { textContent: t(name) }), make('dd', { textContent: value }));
  $('visit').replaceChildren(...[
    make('a', { className: 'button small', href: '#/visits', textContent: t('visitBack') }),
    make('h2', { textContent: joined(v.companies) }),
    make('dl', { className: 'facts' }, ...[fact('visitDay', v.day), fact('station', placeName(v.station)), fact('town', placeName(v.town)),
      fact('visitsObserver', v.visitor), fact('visitMet', v.met), fact('visitBy', v.by), fact('visitFiledAt', whenFull(v.filed))].filter(Boolean)),
    correcting(v),
    v.files?.length > 0 && make('section', {}, make('h3', { textContent: t('visitFilesOf') }), fileList(v.files)),
    make('section', {}, make('h3', { textContent: t('visitOpinion') }),
      v.opinions.length ? make('ul', { className: 'opinions' }, ...v.opinions.map((o) => opinion(v, o))) : make('p', { className: 'soft', textContent: t('visitNoOpinions') }),
      adding(v)),
    v.removable && !v.opinions.some((o) => o.ticket) && make('p', {}, sure('visitRemove', 'danger', async () => {
      await ask('POST', path(v, 'remove'));
      toast(t('visitRemoved'));
      location.hash = '#/visits';
    }, failed)),
  ].filter(Boolean));
}

/** The form in which a filed visit is put right, and what was put right so far. */
function correcting(v) {
  const names = { companies: 'visitsCompany', day: 'visitDay', town: 'town', met: 'visitMetPlain' };
  const fields = {
    companies: make('input', { className: 'input', name: 'companies', autocomplete: 'off' }),
    day: make('input', { className: 'input', type: 'date', name: 'day', max: offers.today }),
    town: make('select', { className: 'input', name: 'town' }, option('', t('unknown')), ...offers.towns.map((town) => option(town.id, placeName(town)))),
    met: make('input', { className: 'input', name: 'met', maxLength: 200, autocomplete: 'off' }),
  };
  const before = { companies: v.companies.join(lang === 'en' ? '; ' : '、'), day: v.day, town: v.town?.id ?? '', met: v.met ?? '' };
  for (const [name, field] of Object.entries(fields)) field.value = before[name];
  const error = make('p', { className: 'error', attrs: { role: 'alert' } });
  const save = make('button', { className: 'button primary', textContent: t('visitCorrectSave') });
  const submit = async (event) => {
    event.preventDefault();
    const body = Object.fromEntries(Object.entries(fields).filter(([name, f]) => f.value !== before[name]).map(([name, f]) => [name, f.value]));
    error.textContent = '';
    save.disabled = true;
    try {
      draw(await ask('POST', `/api/staff/visits/${encodeURIComponent(v.id)}`, body));
      if (Object.keys(body).length > 0) toast(t('visitCorrected'));
    } catch (problem) {
      error.textContent = problem.message || t('failed');
      if (problem.status === 401) failed(problem);
    } finally {
      save.disabled = false;
    }
  };
  const label = (name) => make('label', { className: 'field' }, make('span', { textContent: t(names[name]) }), fields[name]);
  const said = (value) => value || t('visitBlank');
  return make('section', { className: 'correcting' },
    v.corrections?.length > 0 && make('ul', { className: 'corrections' }, ...v.corrections.map((c) => make('li', {},
      make('span', { className: 'soft', textContent: `${whenFull(c.at)} · ${c.by}` }),
      make('span', { textContent: t('visitChange', { field: t(names[c.field]), was: said(c.was), became: said(c.became) }) })))),
    make('details', {}, make('summary', { textContent: t('visitCorrect') }),
      make('form', { id: 'visitCorrect', className: 'stack', noValidate: true, on: { submit } },
        make('p', { className: 'soft', textContent: t('visitCorrectText') }),
        label('companies'), make('div', { className: 'two' }, label('day'), label('town'), label('met')), error, save)));
}

function opinion(v, o) {
  const name = offers.outcomes.find((known) => known.id === o.outcome)?.name;
  let state;
  if (o.ticket) {
    state = make('span', {}, o.opens ? make('a', { href: `#/t/${o.ticket}`, textContent: o.ticket }) : o.ticket, ` · ${name}`);
  } else {
    state = outcomes(make('select', { className: 'input', attrs: { 'aria-label': t('visitOutcome') } }), o.outcome);
    state.addEventListener('change', () => change(v, `opinions/${o.n}`, { outcome: state.value }));
  }
  return make('li', {}, make('div', {}, make('p', { textContent: `${o.n}. ${o.text}` }), fileList(o.files)), state);
}

function adding(v) {
  if (v.opinions.length >= 20) return null;
  if (writing.id !== v.id) writing = { id: v.id, text: '' };
  const text = make('textarea', { className: 'input', rows: 2, maxLength: 2000, required: true, value: writing.text, attrs: { 'aria-label': t('visitOpinion') },
    on: { input: () => { writing.text = text.value; } } });
  const select = outcomes(make('select', { className: 'input', attrs: { 'aria-label': t('visitOutcome') } }), '');
  return make('form', { className: 'opinion-add', on: { submit: (event) => {
    event.preventDefault();
    change(v, 'opinions', { text: text.value, outcome: select.value }, () => { writing.text = ''; });
  } } }, text, select, make('button', { className: 'button', textContent: t('visitAddOpinion') }));
}
