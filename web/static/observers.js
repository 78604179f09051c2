// Appointments of observers: until when each lasts, for supervisors.
import { $, ask, make, sure, t, toast } from './ui.js';

let failed = () => {};

/** Shows who is or was an observer. */
export async function observers(onProblem) {
  failed = onProblem;
  try {
    draw(await ask('GET', '/api/staff/observers'));
  } catch (problem) {
    failed(problem);
  }
}

/** Leaves nothing of it on a screen that is logged out. */
export function closeObservers() {
  $('observerList').replaceChildren();
}

async function set(o, body) {
  draw(await ask('POST', `/api/staff/observers/${encodeURIComponent(o.id)}`, body));
  toast(t('observerSaved'));
}

function draw({ observers: all }) {
  $('observerNone').hidden = all.length > 0;
  $('observerList').replaceChildren(...all.map((o) => {
    const last = make('input', { type: 'date', className: 'input', value: o.last ?? '' });
    return make('li', {},
      make('span', { className: 'head' }, make('strong', { textContent: o.label }),
        make('span', { className: `chip ${o.holds ? '' : 'plain'}`, textContent: t(o.holds ? 'observerHolds' : 'observerEnded') })),
      make('form', { className: 'pair', on: { submit: async (event) => {
        event.preventDefault();
        try {
          await set(o, { last: last.value });
        } catch (problem) {
          failed(problem);
        }
      } } },
      make('label', { className: 'field' }, make('span', { textContent: t('observerLast') }), last),
      make('button', { className: 'button', textContent: t('observerSave') }),
      o.holds && sure('observerEnd', 'danger', () => set(o, { now: true }), failed)));
  }));
}
