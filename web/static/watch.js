// The supervisors' page: what deserves a look, by concern. Each case opens where
// it can be reassigned, urged, commented on or taken over.
import { $, ask, make, t } from './ui.js';
import { chips, placeName, whenShort } from './staff-case.js';

let turn = 0;

/** Shows the page, or shows it again. */
export async function watch(me, failed) {
  const mine = ++turn;
  try {
    const { concerns, lost } = await ask('GET', '/api/staff/watch');
    if (mine !== turn) return;
    const focused = document.activeElement?.closest?.('#concerns a')?.hash;
    $('concerns').replaceChildren(...concerns.map((concern) => section(concern, me)), unreached(lost));
    if (focused) $('concerns').querySelector(`a[href="${focused}"]`)?.focus();
  } catch (problem) {
    failed(problem);
  }
}

/** Leaves nothing of the cases on a screen that is logged out. */
export function closeWatch() {
  turn++;
  $('concerns').replaceChildren();
}

/** Groups, colleagues and requesters that do not get what is sent to them. */
function unreached(lost) {
  return make('section', { className: lost.length ? 'lost' : 'lost calm' },
    make('h3', {}, t('lost'), ' ', make('span', { className: 'chip plain', textContent: String(lost.length) })),
    make('ul', {}, ...lost.map((l) => make('li', {},
      l.ticket ? make('a', { href: `#/t/${l.ticket}`, textContent: l.about }) : make('span', { textContent: l.about }),
      make('span', { className: 'why', textContent: t('lostSince', { why: l.why, when: whenShort(l.since) }) })))));
}

function section(concern, me) {
  const count = concern.more ? `${concern.tickets.length}+` : String(concern.tickets.length);
  return make('section', { className: concern.tickets.length ? '' : 'calm' },
    make('h3', {}, concern.name, ' ', make('span', { className: 'chip plain', textContent: count })),
    make('ul', { className: 'tickets' }, ...concern.tickets.map((c) => make('li', {}, make('a', { href: `#/t/${c.id}` },
      make('span', { className: 'head' }, make('span', { className: 'number', textContent: c.id }), ...chips(c, me.words)),
      make('span', { className: 'text', textContent: c.text }),
      make('span', { className: 'foot' },
        make('span', { textContent: [placeName(c.station), c.assignee].filter(Boolean).join(' · ') }),
        c.due && make('span', { className: c.overdue ? 'late' : '', textContent: t(c.overdue ? 'overdueSince' : 'due', { when: whenShort(c.due) }) })))))));
}
