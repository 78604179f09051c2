// Messages that could not be handled, on the supervisors' page: when, by which
// channel, why and how often; not whose they are or what they say.
import { $, ask, make, t, toast } from './ui.js';
import { whenShort } from './staff-case.js';

let turn = 0;

/** Shows the section, or shows it again. */
export async function parked(failed) {
  const mine = ++turn;
  try {
    const view = await ask('GET', '/api/staff/parked');
    if (mine === turn) draw(view.parked, failed);
  } catch (problem) {
    failed(problem);
  }
}

/** Leaves nothing of it on a screen that is logged out. */
export function closeParked() {
  turn++;
  $('parked').replaceChildren();
}

function draw(list, failed) {
  const decide = async (number, again) => {
    const mine = ++turn;
    try {
      const after = await ask('POST', '/api/staff/parked', { number, again });
      toast(t(again ? 'parkedTried' : 'parkedPut', { number }));
      if (mine === turn) draw(after.parked, failed);
    } catch (problem) {
      failed(problem);
    }
  };
  const press = (word, one, again) => make('button', {
    type: 'button', className: again ? 'button small' : 'button quiet small', textContent: t(word),
    attrs: { 'aria-label': `${t(word)} ${one.number}` }, on: { click: () => decide(one.number, again) },
  });
  $('parked').replaceChildren(...(list.length === 0 ? [] : [
    make('h3', {}, t('parkedTitle'), ' ', make('span', { className: 'chip danger', textContent: String(list.length) })),
    make('p', { className: 'soft', textContent: t('parkedText') }),
    make('ul', {}, ...list.map((one) => make('li', {},
      make('span', {}, make('strong', { textContent: t('parkedNumber', { number: one.number }) }), ' ',
        t('parkedOne', { when: whenShort(one.at), channel: t(`parkedBy-${one.channel}`), cause: one.cause, times: one.attempts })),
      make('span', { className: 'does' }, press('parkedAgain', one, true), press('parkedAside', one, false))))),
  ]));
}
