// The page of who is there: who is on duty when, who is away and who stands in, and
// which stations have nobody to take a case.
import { $, ask, joined, make, t, toast, when } from './ui.js';
import { placeName } from './staff-case.js';

const week = ['1', '2', '3', '4', '5', '6', '7'];
const dayOf = (moment) => when(moment, { year: 'numeric', month: '2-digit', day: '2-digit' });

let turn = 0;

/** Shows the page, or shows it again. */
export async function roster(me, failed) {
  const mine = ++turn;
  try {
    const view = await ask('GET', '/api/staff/roster');
    if (mine === turn) draw(view, me, failed);
  } catch (problem) {
    failed(problem);
  }
}

/** Leaves nothing of the people on a screen that is logged out. */
export function closeRoster() {
  turn++;
  $('roster').replaceChildren();
}

function draw(view, me, failed) {
  const change = async (what, fields) => {
    const mine = ++turn;
    try {
      const after = await ask('POST', `/api/staff/roster/${what}`, fields);
      toast(after.deputy + after.pool > 0 ? t('rosterHanded', after) : t('rosterSaved'));
      if (mine === turn) draw(after, me, failed);
    } catch (problem) {
      failed(problem);
      roster(me, failed); // a box that was ticked must not stay so
    }
  };
  const focused = document.activeElement?.id;
  $('roster').replaceChildren(
    ...(view.no_triage ? [make('p', { className: 'notice', textContent: t('rosterNoTriage') })] : []),
    ...(view.empty?.length ? [make('p', { className: 'notice', textContent: t('rosterEmpty', { stations: joined(view.empty.map(placeName)) }) })] : []),
    ...view.stations.map((one) => station(one, view, me, change)));
  if (focused) $(focused)?.focus();
}

function station(one, view, me, change) {
  const dates = one.agents.flatMap((agent) => agent.days.filter((day) => day.length > 1).map((day) => ({ day, agent })));
  dates.sort((a, b) => a.day.localeCompare(b.day));
  const today = one.today.length ? t('rosterToday', { names: joined(one.today) }) : t('rosterTodayAll');
  return make('section', { className: 'station' },
    make('h3', {}, placeName(one.station), ' ', one.why && make('span', { className: 'chip danger', textContent: t('rosterNobody', { why: one.why }) })),
    one.agents.length === 0 ? make('p', { className: 'soft', textContent: t('rosterGroupOnly') }) : make('p', { className: 'soft', textContent: today }),
    one.agents.length > 0 && make('div', { className: 'scroll' }, make('table', {},
      make('thead', {}, make('tr', {}, make('th', { scope: 'col', textContent: t('rosterWho') }),
        ...week.map((day) => make('th', { scope: 'col', textContent: t(`rosterDay${day}`) })))),
      make('tbody', {}, ...one.agents.map((agent) => row(one, agent, change))))),
    one.agents.length > 0 && make('div', { className: 'people' }, ...one.agents.map((agent) => person(one, agent, view, me, change))),
    one.agents.length > 0 && make('details', { open: dates.length > 0 }, make('summary', { textContent: t('rosterDates') }),
      make('ul', {}, ...dates.map(({ day, agent }) => make('li', {}, `${day} ${agent.label} `, make('button', {
        type: 'button', className: 'button quiet small', textContent: '✕', attrs: { 'aria-label': t('drop', { name: `${day} ${agent.label}` }) },
        on: { click: () => change('duty', { station: one.station.id, person: agent.person, day, on: false }) },
      })))),
      dateForm(one, view, change)));
}

function row(one, agent, change) {
  return make('tr', {}, make('th', { scope: 'row', textContent: agent.label }), ...week.map((day) => make('td', {}, make('input', {
    type: 'checkbox', checked: agent.days.includes(day), id: `duty-${one.station.id}-${agent.person}-${day}`,
    attrs: { 'aria-label': t('rosterDuty', { name: agent.label, day: t(`rosterDay${day}`) }) },
    on: { change: (event) => change('duty', { station: one.station.id, person: agent.person, day, on: event.target.checked }) },
  }))));
}

function stateOf(agent) {
  if (!agent.away) return agent.there ? t('rosterIsThere') : t('rosterCutOff');
  const state = agent.away.until ? t('rosterAwayTill', { when: dayOf(agent.away.until) }) : t('rosterAway');
  return [state, agent.away.deputy && t('rosterStandIn', { name: agent.away.deputy })].filter(Boolean).join('，');
}

function person(one, agent, view, me, change) {
  const box = make('div', { className: 'person' },
    make('strong', { textContent: agent.label }), make('span', { className: agent.there ? 'chip plain' : 'chip warn', textContent: stateOf(agent) }));
  const dismiss = me.role === 'supervisor' && twice('rosterDismiss', () => change('dismiss', { person: agent.person, station: one.station.id }));
  if (agent.manage && agent.away) {
    box.append(make('button', { type: 'button', className: 'button small', textContent: t('rosterBack'), on: { click: () => change('back', { person: agent.person }) } }));
  } else if (agent.manage) {
    const form = leaveForm(one, agent, view, change);
    form.hidden = true;
    box.append(make('button', {
      type: 'button', className: 'button small', textContent: t('rosterLeave'), attrs: { 'aria-expanded': 'false' },
      on: { click: (event) => { form.hidden = !form.hidden; event.target.setAttribute('aria-expanded', String(!form.hidden)); } },
    }));
    if (dismiss) box.append(dismiss);
    box.append(form);
    return box;
  }
  if (dismiss) box.append(dismiss);
  return box;
}

/** A button that has to be pressed a second time. */
function twice(word, does) {
  let sure = false;
  return make('button', {
    type: 'button', className: 'button quiet small', textContent: t(word),
    on: {
      click: (event) => {
        if (sure) return does();
        sure = true;
        event.target.textContent = t('sure');
      },
      blur: (event) => { sure = false; event.target.textContent = t(word); },
    },
  });
}

function leaveForm(one, agent, view, change) {
  const until = make('input', { type: 'date', className: 'input', name: 'until', min: view.today });
  const others = [...one.agents.filter((other) => other.there), ...view.supervisors];
  const deputies = others.filter((other, i) => other.person !== agent.person && others.findIndex((o) => o.person === other.person) === i);
  const deputy = make('select', { className: 'input', name: 'deputy' }, make('option', { value: '', textContent: t('rosterNoDeputy') }),
    ...deputies.map((other) => make('option', { value: other.person, textContent: other.label })));
  return make('form', {
    className: 'leave', on: {
      submit: (event) => {
        event.preventDefault();
        change('away', { person: agent.person, until: until.value, deputy: deputy.value });
      },
    },
  },
  make('label', { className: 'field' }, make('span', { textContent: t('rosterUntil') }), until),
  make('label', { className: 'field' }, make('span', { textContent: t('rosterDeputy') }), deputy),
  make('button', { className: 'button primary', textContent: t('rosterDo') }));
}

function dateForm(one, view, change) {
  const day = make('input', { type: 'date', className: 'input', required: true, min: view.today });
  const who = make('select', { className: 'input' }, ...one.agents.map((agent) => make('option', { value: agent.person, textContent: agent.label })));
  return make('form', {
    className: 'dates', on: {
      submit: (event) => {
        event.preventDefault();
        change('duty', { station: one.station.id, person: who.value, day: day.value, on: true });
      },
    },
  },
  make('label', { className: 'field' }, make('span', { textContent: t('rosterDay') }), day),
  make('label', { className: 'field' }, make('span', { textContent: t('rosterWho') }), who),
  make('button', { className: 'button', textContent: t('rosterAdd') }));
}
