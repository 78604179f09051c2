// What helps to answer a case: quick replies, and what the library and similar solved
// cases say. A text is taken over into the reply, never sent by itself.
import { ask, joined, make, t } from './ui.js';
import { placeName, whenFull } from './staff-case.js';

const open = new Map(); // case -> the panel that is open, kept while the case is drawn anew

/**
 * Makes the buttons with their panel. take(offer) puts a text into the reply.
 */
export function assist(c, me, take) {
  const place = make('div', { className: 'offers' });
  const error = make('p', { className: 'error', attrs: { role: 'alert' } });
  const show = () => {
    const panel = open.get(c.id);
    place.replaceChildren(...(panel ? elements(panel, take) : []));
    for (const button of buttons) button.setAttribute('aria-expanded', String(panel?.kind === button.dataset.kind));
  };
  const buttons = ['quick', 'reference'].map((kind) => make('button', {
    type: 'button', className: 'button small', textContent: t(`assist_${kind}`), attrs: { 'data-kind': kind },
    on: {
      click: async (event) => {
        error.textContent = '';
        if (open.get(c.id)?.kind === kind) {
          open.delete(c.id);
          show();
          return;
        }
        event.target.disabled = true;
        try {
          open.clear(); // of other cases
          open.set(c.id, { kind, ...await ask('GET', `/api/staff/tickets/${encodeURIComponent(c.id)}/${kind}`) });
          show();
        } catch (problem) {
          error.textContent = problem.message || t('failed');
        } finally {
          event.target.disabled = false;
        }
      },
    },
  }));
  show();
  return make('div', { className: 'assist' }, make('div', { className: 'do' }, ...buttons), error, place);
}

function elements(panel, take) {
  const offer = (o, title, key) => make('div', { className: 'offer' },
    make('div', { className: 'what' }, make('strong', { textContent: title }),
      make('button', { type: 'button', className: 'button small', textContent: t(key), attrs: { 'aria-label': `${t(key)}：${title}` }, on: { click: () => take(o) } })),
    make('p', { className: 'said', textContent: o.text }));
  if (panel.kind === 'quick') {
    return panel.offers.length ? panel.offers.map((o) => offer(o, o.title, 'takeOver')) : [make('p', { className: 'soft', textContent: t('quickNone') })];
  }
  const library = panel.offers.filter((o) => !o.case);
  const solved = panel.offers.filter((o) => o.case);
  return [
    ...library.map((o) => offer(o, `${t('fromLibrary')} · ${o.title ?? ''}`, 'takeOver')),
    library.length === 0 && make('p', { className: 'soft', textContent: t(panel.near.length ? 'nearInLibrary' : 'notInLibrary', { names: joined(panel.near) }) }),
    ...solved.map((o) => offer(o, `${o.case} · ${placeName(o.station)} · ${whenFull(o.at)}`, 'takeOver')),
    solved.length === 0 && make('p', { className: 'soft', textContent: t('noPrecedent') }),
    make('p', { className: 'soft', textContent: t('notSent') }),
  ].filter(Boolean);
}
