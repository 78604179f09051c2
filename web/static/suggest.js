// Suggested questions: some to begin with, and those that complete what is being
// typed, to be chosen by tap, mouse or keyboard.
import { $, ask, make } from './ui.js';

const text = $('text');
const list = $('suggestions');
let say = () => {};
let free = () => true;
let chosen = -1; // the option that the keyboard is on
let timer = 0;
let turn = 0;

/** Starts suggesting. onSay asks a question; isFree tells whether a question is being written. */
export function suggest(onSay, isFree) {
  say = onSay;
  free = isFree;
}

/** Fills the welcome with questions to begin with. */
export async function starters() {
  try {
    const { suggestions } = await ask('GET', '/api/suggest');
    $('starters').replaceChildren(...suggestions.map((s) => make('li', {},
      make('button', { type: 'button', textContent: s, on: { click: () => say(s) } }))));
    $('startersTitle').hidden = suggestions.length === 0;
  } catch {
    // The page does without.
  }
}

/** Takes the suggestions away. */
export function hideSuggestions() {
  clearTimeout(timer);
  turn++;
  chosen = -1;
  list.hidden = true;
  list.replaceChildren();
  text.setAttribute('aria-expanded', 'false');
  text.removeAttribute('aria-activedescendant');
}

function typed() {
  const q = text.value.trim();
  return q.length >= 2 && q.length <= 60 && !/[\n/／]/.test(q) && free() ? q : '';
}

text.addEventListener('input', (event) => {
  clearTimeout(timer);
  if (event.isComposing) return; // letters of an input method are no question yet
  if (!typed()) return hideSuggestions();
  timer = setTimeout(look, 200);
});
text.addEventListener('compositionend', () => {
  clearTimeout(timer);
  timer = setTimeout(look, 200);
});

async function look() {
  const q = typed();
  if (!q) return hideSuggestions();
  const mine = ++turn;
  try {
    const { suggestions } = await ask('GET', `/api/suggest?q=${encodeURIComponent(q)}`);
    if (mine !== turn || typed() !== q) return;
    show(suggestions.filter((s) => s !== q));
  } catch {
    if (mine === turn) hideSuggestions();
  }
}

function show(suggestions) {
  chosen = -1;
  text.removeAttribute('aria-activedescendant');
  list.replaceChildren(...suggestions.map((s, i) => make('li', {
    id: `suggestion-${i}`, textContent: s, attrs: { role: 'option', 'aria-selected': 'false' },
    on: {
      mousedown: (event) => event.preventDefault(), // the text field keeps the focus
      click: () => choose(i),
    },
  })));
  list.hidden = suggestions.length === 0;
  text.setAttribute('aria-expanded', String(suggestions.length > 0));
}

function mark(i) {
  const options = [...list.children];
  chosen = (i + options.length + 1) % (options.length + 1); // one past the last is none
  if (chosen === options.length) chosen = -1;
  options.forEach((option, n) => option.setAttribute('aria-selected', String(n === chosen)));
  options[chosen]?.scrollIntoView({ block: 'nearest' });
  if (chosen >= 0) text.setAttribute('aria-activedescendant', `suggestion-${chosen}`);
  else text.removeAttribute('aria-activedescendant');
}

function choose(i) {
  const question = list.children[i].textContent;
  text.value = '';
  text.dispatchEvent(new Event('input'));
  hideSuggestions();
  say(question);
}

// Before the page's own listener, for which Enter sends.
text.addEventListener('keydown', (event) => {
  if (list.hidden || event.isComposing) return;
  switch (event.key) {
    case 'ArrowDown': mark(chosen + 1); break;
    case 'ArrowUp': mark(chosen < 0 ? list.children.length - 1 : chosen - 1); break;
    case 'Escape': hideSuggestions(); break;
    case 'Enter':
      if (chosen < 0 || event.shiftKey) {
        if (!event.shiftKey) hideSuggestions();
        return;
      }
      choose(chosen);
      break;
    default: return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
}, { capture: true });
text.addEventListener('blur', () => hideSuggestions());
