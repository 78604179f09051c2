// Financing requests: what one asks for and what came of it, and the report on all.
import { $, ask, lang, make, t } from './ui.js';

// ---- In a case

/** The facts of a case that is a financing request: [name, value, class]. */
export function fundsFacts(c) {
  if (!c.funds) return [];
  const { facts = [], products = [], result } = c.funds;
  return [
    ...facts.map((f) => [f.name, f.value]),
    [t('fundsProducts'), products.length > 0 && make('ul', {}, ...products.map((line) => make('li', { textContent: line }))), 'wide'],
    [t('fundsResult'), result, 'wide'],
  ];
}

/** Makes the fields in which a result is recorded; what is entered goes into the draft. */
export function outcomeFields(draft, c, me) {
  const field = (name, input) => {
    input.value = draft[name] ?? '';
    input.addEventListener('input', () => { draft[name] = input.value; });
    return make('label', { className: 'field' }, make('span', { textContent: t(name === 'result' ? 'outcomeResult' : `outcome${name[0].toUpperCase()}${name.slice(1)}`) }), input);
  };
  const select = (items) => make('select', { className: 'input' }, make('option', { value: '', textContent: t('choose') }),
    ...items.map((item) => make('option', { value: item.id, textContent: item.name })));
  const text = () => make('input', { className: 'input', maxLength: 60, autocomplete: 'off' });
  const result = select(me.words.results);
  const figures = {
    lender: select(me.all.map((place) => ({ id: place.id, name: (lang === 'en' && place.name_en) || place.name }))),
    amount: text(), rate: text(), months: text(),
  };
  const resultField = field('result', result);
  const fields = Object.entries(figures).map(([name, input]) => field(name, input));
  const element = make('div', { className: 'outcome' }, resultField, ...fields);
  let wanted = false;
  const draw = () => {
    const granted = result.value === 'granted';
    result.required = wanted;
    fields.forEach((f) => { f.hidden = !granted; });
    Object.values(figures).forEach((input) => { input.required = wanted && granted; });
  };
  result.addEventListener('input', draw);
  return { element, require: (yes) => { wanted = yes; draw(); } };
}

// ---- The report

const columns = ['name', 'count', 'granted', 'refused', 'none', 'going', 'asked', 'asked_refused', 'lent', 'rate', 'days'];
const money = new Set(['asked', 'asked_refused', 'lent']);
const form = $('fundsPeriod').elements;
let report = null;
let failed = () => {};
let turn = 0;

/** Shows the page. */
export async function funds(onProblem) {
  failed = onProblem;
  const kept = form.by.value || 'month';
  form.by.replaceChildren(...['month', 'town', 'station', 'product'].map((by) => make('option', { value: by, textContent: t(`by_${by}`) })));
  form.by.value = kept;
  await read();
}

/** Leaves nothing on a screen that is logged out. */
export function closeFunds() {
  turn++;
  report = null;
  for (const id of ['fundsTotal', 'fundsHead', 'fundsRows', 'fundsNote']) $(id).replaceChildren();
}

async function read() {
  const mine = ++turn;
  const values = new URLSearchParams();
  for (const name of ['from', 'to']) if (form[name].value) values.set(name, form[name].value);
  try {
    const answer = await ask('GET', `/api/staff/financing?${values}`);
    if (mine !== turn) return;
    report = answer;
    form.from.value = report.from;
    form.to.value = report.to;
    $('fundsError').textContent = '';
    draw();
  } catch (problem) {
    if (mine !== turn) return;
    if (problem.status === 422) $('fundsError').textContent = problem.message;
    else failed(problem);
  }
}

function write(name, line) {
  const value = line[name];
  if (money.has(name)) return (value / 10000).toLocaleString(lang === 'en' ? 'en-GB' : 'zh-CN', { maximumFractionDigits: 2 });
  if (name === 'days') return line.recorded > 0 ? value.toFixed(1) : '–';
  return String(value ?? '–');
}

function draw() {
  const by = form.by.value;
  const lines = report.groups[by];
  $('fundsTotal').replaceChildren(...columns.slice(1).map((name) => make('div', {},
    make('dt', { textContent: t(`col_${name}`) }), make('dd', { textContent: write(name, report.total) }))));
  $('fundsHead').replaceChildren(...columns.map((name) => make('th', { scope: 'col', textContent: name === 'name' ? t(`by_${by}`) : t(`col_${name}`) })));
  $('fundsRows').replaceChildren(...lines.map((line) => make('tr', {},
    ...columns.map((name) => make(name === 'name' ? 'th' : 'td', { textContent: write(name, line) })))));
  $('fundsNote').textContent = lines.length === 0 ? t('fundsNone') : by === 'product' ? t('fundsTwice') : '';
  $('fundsSheet').href = `/api/staff/financing.csv?${new URLSearchParams({ from: report.from, to: report.to, by, lang })}`;
}

form.from.addEventListener('change', read);
form.to.addEventListener('change', read);
form.by.addEventListener('change', () => { if (report) draw(); });
$('fundsPeriod').addEventListener('submit', (event) => { event.preventDefault(); read(); });
