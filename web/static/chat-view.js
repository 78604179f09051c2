// How a line of the chat looks.
import { fileList, lang, make, t, when } from './ui.js';

/** What the commands of the menu are called when they stand in the chat. */
const commands = { '/ask': 'ask', '/start': 'ask', '/complain': 'complain', '/finance': 'finance', '/tickets': 'tickets', '/help': 'help' };

/** What a visitor's own words look like: a command is shown by its name. */
export function spoken(text) {
  if (text === '/language zh') return '中文';
  if (text === '/language en') return 'English';
  return commands[text] ? t(commands[text]) : text;
}

const quoted = (span) => span?.style === 'quote' || span?.style === 'mark';

function run(span) {
  let node = document.createTextNode(span.text);
  if (span.style === 'bold') node = make('strong', {}, node);
  if (span.style === 'mark') node = make('mark', {}, node);
  if (span.style === 'fixed') node = make('code', {}, node);
  if (span.url) node = make('a', { href: span.url, target: '_blank', rel: 'noopener noreferrer' }, node);
  return node;
}

/** Shows other text in an element of lineElement, and nothing else anew. */
export function retell(element, spans) {
  element.setAttribute('aria-busy', 'true'); // read out once it is complete
  element.querySelector('.bubble')?.replaceWith(bubble(spans));
}

/** Makes the bubble: runs of text, with quotations as blocks of their own. */
function bubble(spans) {
  const box = make('div', { className: 'bubble' });
  let block = null;
  let begins = true; // nothing stands yet on the line: a block ends its own
  spans.forEach((span, i) => {
    const inside = quoted(span);
    if (inside && !block) {
      block = make('blockquote');
      box.append(block);
      begins = true;
    } else if (!inside && block) {
      block = null;
      begins = true;
    }
    let { text } = span;
    if (begins) text = text.replace(/^\n+/, '');
    if (i === spans.length - 1 || inside !== quoted(spans[i + 1])) text = text.replace(/\n+$/, '');
    if (!text) return;
    begins = false;
    (block ?? box).append(run({ ...span, text }));
  });
  return box;
}

/** How wide a text is, in Latin letters. */
const width = (text) => [...text].reduce((sum, c) => sum + (c > '\u2e80' ? 2 : 1), 0);

/** Makes the rows of buttons; press(button, element) is called when one is pressed. */
function answers(rows, press) {
  return make('div', { className: 'answers' }, ...rows.map((row) => {
    // Columns are equally wide; what does not fit on the narrowest phone is
    // stacked on phones: about 8 px a letter, 27 px around each, 255 px in all.
    const long = row.length * (Math.max(...row.map((button) => width(button.text))) * 8 + 27) > 255;
    return make('div', { className: long ? 'wide' : '' }, ...row.map((button) => {
      if (button.url) {
        return make('a', { className: 'button', href: button.url, target: '_blank', rel: 'noopener noreferrer' },
          button.text, make('span', { className: 'visually-hidden', textContent: t('opens') }));
      }
      return make('button', { type: 'button', className: 'button', textContent: button.text, on: { click: () => press(button) } });
    }));
  }));
}

/**
 * Makes the element of a line.
 * @param {Object} line as the server sends it
 * @param {{press: Function, reply: Function}} does
 */
export function lineElement(line, does) {
  const mine = line.side === 'visitor';
  const spans = (line.text ?? []).map((span) => (mine ? { ...span, text: spoken(span.text) } : span));
  return make('article', { className: `message ${mine ? 'visitor' : 'bot'}`, attrs: { 'data-id': line.id } },
    make('span', { className: 'visually-hidden', textContent: t(mine ? 'fromYou' : 'fromBot') }),
    spans.length > 0 && bubble(spans),
    fileList(line.files),
    line.buttons?.length > 0 && answers(line.buttons, (button) => does.press(line, button)),
    make('div', { className: 'meta' },
      make('time', { dateTime: line.at, textContent: when(line.at, { hour: '2-digit', minute: '2-digit' }) }),
      !mine && line.replies && make('button', { type: 'button', textContent: t('reply'), on: { click: () => does.reply(line) } })));
}

/** Makes the element of a message that is on its way. */
export function pendingElement(message, does) {
  const meta = make('div', { className: 'meta', attrs: { role: 'status' } }, message.note || t(message.files.length ? 'uploading' : 'sending'));
  if (message.state === 'waiting' || message.state === 'failed') {
    if (message.state === 'waiting') meta.append(make('button', { type: 'button', textContent: t('retry'), on: { click: does.retry } }));
    meta.append(make('button', { type: 'button', textContent: t('discard'), on: { click: does.discard } }));
  }
  return make('article', { className: `message visitor pending ${message.state === 'failed' ? 'failed' : ''}` },
    message.shown && bubble([{ text: spoken(message.shown) }]),
    ...message.files.map((file) => make('div', { className: 'file', textContent: file.name })),
    meta);
}

/** The day of a moment in China, to tell whether two lines are of one day. */
export const dayOf = (moment) => when(moment, { dateStyle: 'short' });

/** Makes the line between two days. */
export function dayElement(moment) {
  const options = { month: 'long', day: 'numeric', weekday: lang === 'en' ? 'short' : 'long' };
  if (when(moment, { year: 'numeric' }) !== when(Date.now(), { year: 'numeric' })) options.year = 'numeric';
  return make('p', { className: 'day', textContent: when(moment, options) });
}
